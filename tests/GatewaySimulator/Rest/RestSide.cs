using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Parley.GatewaySimulator.Faults;
using Parley.GatewaySimulator.Instances;

namespace Parley.GatewaySimulator.Rest;

/// <summary>Takes the gateway's calls: notes them, lets faults act, finds the route, checks in the gateway's order, answers.</summary>
internal sealed class RestSide(SimulatedGateway gateway)
{
    private readonly IReadOnlyDictionary<string, Route> _routes = Routes.Of(gateway.Dialect);

    public async Task Serve(HttpContext http)
    {
        var path = http.Request.Path.Value ?? "/";
        var parts = path.Trim('/').Split('/');
        var call = string.Join('/', parts.Take(2));
        var name = parts.Length > 2 ? string.Join("/", parts.Skip(2)) : null;
        var text = await ReadBody(http.Request);
        var noted = gateway.Requests.Add(http.Request, call, name, text);
        var fault = gateway.Faults.Take(call, name);
        if (fault is null)
        {
            var plain = await Handle(http.Request, path, call, name, text);
            noted.Status = plain.Status;
            await Write(http.Response, plain);
            return;
        }

        await Serve(http, fault, () => Handle(http.Request, path, call, name, text));
    }

    private async Task Serve(HttpContext http, RestFault fault, Func<Task<Answer>> handle)
    {
        Answer? answer = null;
        if (fault.Done)
        {
            // What is done late is still under way, although nobody may wait for its answer any more.
            await gateway.Work.Run(async () =>
            {
                await Wait(fault.Before, fault.ActsAfter);
                answer = await handle();
            });
        }
        else
        {
            await Wait(fault.Before, fault.ActsAfter);
        }

        await Wait(fault.After, fault.AnswersAfter);
        if (fault.Hang)
        {
            using var end = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, gateway.Stopping);
            await Task.Delay(Timeout.Infinite, end.Token).ContinueWith(_ => { }, TaskScheduler.Default);
            http.Abort();
            return;
        }

        var text = fault.Status is null && answer is not null ? Text(answer) : fault.Body;
        http.Response.StatusCode = fault.Status ?? answer?.Status ?? 200;
        http.Response.ContentType = fault.ContentType;
        if (fault.RetryAfter is { } seconds)
        {
            http.Response.Headers.RetryAfter = seconds.ToString();
        }

        var bytes = Encoding.UTF8.GetBytes(text);
        if (!fault.CutOff)
        {
            await http.Response.Body.WriteAsync(bytes);
            return;
        }

        http.Response.ContentLength = bytes.Length;
        await http.Response.Body.WriteAsync(bytes.AsMemory(0, bytes.Length / 2));
        await http.Response.Body.FlushAsync();
        http.Abort();
    }

    private async Task Wait(TimeSpan time, Task? end)
    {
        await Task.Delay(time, gateway.Stopping);
        await (end ?? Task.CompletedTask).WaitAsync(gateway.Stopping);
    }

    private async Task<Answer> Handle(HttpRequest request, string path, string call, string? name, string text)
    {
        if (path == "/" && request.Method == "GET")
        {
            return Welcome.Say(gateway);
        }

        var body = Parse(text, out var broken);
        if (broken is not null)
        {
            return broken;
        }

        if (!_routes.TryGetValue($"{request.Method} {call}", out var route) || route.ForInstance == (name is null))
        {
            return Answer.Errors(404, $"Cannot {request.Method} {path}");
        }

        var key = request.Headers["apikey"].FirstOrDefault();
        if (Refuse(route, call, name, body, key) is { } refusal)
        {
            return refusal;
        }

        // The query is copied over the path's parameters after the key was checked: a token of one instance opens another.
        var target = name is null ? null : gateway.Instances.Find(request.Query["instanceName"].FirstOrDefault() ?? name);
        if (name is not null && target is null)
        {
            return NoInstance(request.Query["instanceName"].First()!);
        }

        if (target is { IsOwnChannel: true } && !OwnChannel.Takes(call))
        {
            return OwnChannel.Refusal(call);
        }

        return await Run(route, new RestCall(gateway, target, body, request.Query, key));
    }

    private static async Task<Answer> Run(Route route, RestCall call)
    {
        var missing = route.Required.Where(each => !call.Body.ContainsKey(each)).ToList();
        if (missing.Count > 0)
        {
            return Answer.Invalid(missing.Select(each => $"instance requires property \"{each}\""));
        }

        try
        {
            return await route.Handle(call);
        }
        catch (RestException exception)
        {
            return exception.Answer;
        }
    }

    /// <summary>Instance, then name, then key: whoever has no key can tell which names exist.</summary>
    private Answer? Refuse(Route route, string call, string? name, JsonObject body, string? key)
    {
        Instance? instance = null;
        if (name is not null)
        {
            instance = gateway.Instances.Find(name);
            if (instance is null)
            {
                return NoInstance(name);
            }
        }
        else if (call == "instance/create")
        {
            var wanted = body.Text("instanceName");
            if (wanted is null ? !gateway.Dialect.IsV1 : gateway.Instances.Find(wanted) is not null)
            {
                return Answer.Errors(403, $"This name \"{wanted ?? "undefined"}\" is already in use.");
            }
        }

        var opens = key is not null && (key == gateway.ApiKey || route.Key switch
        {
            KeyNeed.Any => instance?.Token == key,
            KeyNeed.AnyInstance => gateway.Instances.All.Any(each => each.Token == key),
            _ => false,
        });
        return opens ? null : Answer.Error(401, "Unauthorized");
    }

    private static Answer NoInstance(string name) => Answer.Errors(404, $"The \"{name}\" instance does not exist");

    private static JsonObject Parse(string text, out Answer? broken)
    {
        broken = null;
        if (text.Length == 0)
        {
            return [];
        }

        try
        {
            return JsonNode.Parse(text) as JsonObject ?? [];
        }
        catch (JsonException)
        {
            broken = new Answer(400, new JsonObject
            {
                ["status"] = 400,
                ["error"] = "Internal Server Error",
                ["response"] = new JsonObject { ["message"] = "Expected property name or '}' in JSON at position 1" },
            });
            return [];
        }
    }

    private static async Task<string> ReadBody(HttpRequest request)
    {
        if (request.HasFormContentType)
        {
            return (await Multipart.Read(request)).ToJsonString(Json.Options);
        }

        using var reader = new StreamReader(request.Body, Encoding.UTF8);
        return await reader.ReadToEndAsync();
    }

    private static async Task Write(HttpResponse response, Answer answer)
    {
        response.StatusCode = answer.Status;
        var text = Text(answer);
        if (text.Length > 0)
        {
            response.ContentType = "application/json; charset=utf-8";
        }

        await response.WriteAsync(text);
    }

    private static string Text(Answer answer) => answer.WritesNull ? "null" : answer.Body?.ToJsonString(Json.Options) ?? "";
}
