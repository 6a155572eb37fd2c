using System.Text.Json.Nodes;
using Parley.GatewaySimulator.Instances;

namespace Parley.GatewaySimulator.Rest;

/// <summary><c>GET instance/fetchInstances</c>.</summary>
internal static class ListInstances
{
    public static Task<Answer> Handle(RestCall call)
    {
        var name = call.Query["instanceName"].FirstOrDefault();
        var id = call.Query["instanceId"].FirstOrDefault();
        var number = call.Query["number"].FirstOrDefault();
        var all = call.Gateway.Instances.All;
        if (call.Dialect.IsV1)
        {
            return Task.FromResult(ListV1(call, all, name, id, number));
        }

        var visible = call.HasGlobalKey ? all : [.. all.Where(each => each.Token == call.Key)];
        if (!call.HasGlobalKey && name is not null && visible.All(each => each.Name != name))
        {
            return Task.FromResult(Answer.Error(401, "Unauthorized"));
        }

        var asked = visible.Where(each =>
            (name is null || each.Name == name) && (id is null || each.Id == id) && (number is null || each.Number == number)).ToList();
        if (asked.Count == 0 && (name ?? id ?? number) is { } missing)
        {
            return Task.FromResult(Answer.Errors(404, $"Instance \"{missing}\" not found"));
        }

        return Task.FromResult(Answer.Ok(new JsonArray([.. asked.Select(each => (JsonNode)InstanceWriter.Row(each))])));
    }

    // With the global key a filter gives one object; with an instance's token an array of one, the filter unread.
    private static Answer ListV1(RestCall call, IReadOnlyList<Instance> all, string? name, string? id, string? number)
    {
        if (!call.HasGlobalKey)
        {
            return Answer.Ok(Entries(call, all.Where(each => each.Token == call.Key)));
        }

        if ((name ?? id ?? number) is not { } asked)
        {
            return Answer.Ok(Entries(call, all));
        }

        var found = all.FirstOrDefault(each => name is not null ? each.Name == name : id is not null ? each.Id == id : each.Number == number);
        return found is null
            ? Answer.Errors(404, $"Instance \"{asked}\" not found")
            : Answer.Ok(InstanceWriter.EntryOfV1(call.Gateway, found));
    }

    private static JsonArray Entries(RestCall call, IEnumerable<Instance> instances) =>
        new([.. instances.Select(each => (JsonNode)InstanceWriter.EntryOfV1(call.Gateway, each))]);
}
