using System.Text.Json.Nodes;

namespace Parley.GatewaySimulator.Rest;

/// <summary>The calls of an instance's life.</summary>
internal static class InstanceCalls
{
    public static async Task<Answer> Connect(RestCall call)
    {
        var connection = call.Instance.Connection;
        switch (connection.State)
        {
            case "open":
                return Answer.Ok(InstanceWriter.State(call.Instance));
            case "connecting":
                // The last code, used or not; the number is not looked at.
                return Answer.Ok(InstanceWriter.Qr(connection.LastQr));
        }

        var qr = await connection.Start(call.Query["number"].FirstOrDefault(), call.Gateway.Options.QrWait);
        return Answer.Ok(connection.State == "open" ? InstanceWriter.State(call.Instance) : InstanceWriter.Qr(qr));
    }

    public static Task<Answer> State(RestCall call) => Task.FromResult(Answer.Ok(InstanceWriter.State(call.Instance)));

    public static Task<Answer> Restart(RestCall call)
    {
        var connection = call.Instance.Connection;
        if (connection.State == "open" || (connection.State == "connecting" && !call.Dialect.IsV1))
        {
            var answer = connection.State == "open" ? InstanceWriter.State(call.Instance) : InstanceWriter.Qr(connection.LastQr);
            // Success says nothing: the new socket comes after the answer, and one that waits for its code stays.
            if (call.Instance.Account is not null)
            {
                _ = call.Gateway.Work.Run(connection.Reconnect);
            }

            return Task.FromResult(Answer.Ok(answer));
        }

        return Task.FromResult(Answer.Ok(call.Dialect.IsV1
            ? InstanceWriter.State(call.Instance)
            : new JsonObject { ["error"] = true, ["message"] = "[object Object]" }));
    }

    public static Task<Answer> LogOut(RestCall call)
    {
        if (call.Instance.Connection.State == "close")
        {
            return Task.FromResult(Answer.Errors(400, $"The \"{call.Instance.Name}\" instance is not connected"));
        }

        _ = call.Gateway.Work.Run(call.Instance.Connection.LogOut);
        return Task.FromResult(Done("Instance logged out"));
    }

    public static async Task<Answer> Delete(RestCall call)
    {
        var instance = call.Instance;
        if (call.Dialect.IsV1)
        {
            if (instance.Connection.State == "open")
            {
                return Answer.Errors(400, $"The \"{instance.Name}\" instance needs to be disconnected");
            }

            call.Gateway.Instances.Remove(instance);
            return Done("Instance deleted");
        }

        if (instance.Connection.State != "close")
        {
            await Task.WhenAny(instance.Connection.LogOut(), Task.Delay(TimeSpan.FromSeconds(1)));
        }

        // It is there until its removal was told, however long that takes.
        _ = instance.Post("instance.delete", new JsonObject { ["instanceName"] = instance.Name, ["instanceId"] = instance.Id });
        _ = call.Gateway.Work.Run(async () =>
        {
            await Task.Delay(call.Gateway.Options.DeletesAfter, call.Gateway.Stopping);
            await instance.Post("remove.instance", null);
            call.Gateway.Instances.Remove(instance);
        });
        return Done("Instance deleted");
    }

    public static Task<Answer> SetPresence(RestCall call) => Task.FromResult(new Answer(201, null));

    public static Task<Answer> SetSettings(RestCall call)
    {
        foreach (var (key, value) in call.Body)
        {
            call.Instance.Settings[key] = value?.DeepClone();
        }

        return Task.FromResult(Answer.Created(new JsonObject
        {
            ["settings"] = new JsonObject { ["instanceName"] = call.Instance.Name, ["settings"] = call.Body.DeepClone() },
        }));
    }

    public static Task<Answer> FindSettings(RestCall call)
    {
        var settings = (JsonObject)call.Instance.Settings.DeepClone();
        if (!call.Dialect.IsV1)
        {
            settings["id"] = call.Instance.SettingsRow;
            settings["instanceId"] = call.Instance.Id;
            settings["createdAt"] = Json.Time(call.Instance.CreatedAt);
            settings["updatedAt"] = Json.Time(call.Instance.CreatedAt);
        }

        return Task.FromResult(Answer.Ok(settings));
    }

    private static Answer Done(string message) => Answer.Ok(new JsonObject
    {
        ["status"] = "SUCCESS",
        ["error"] = false,
        ["response"] = new JsonObject { ["message"] = message },
    });
}
