using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Parley.GatewaySimulator.Instances;

namespace Parley.GatewaySimulator.Control;

/// <summary>An instance's connection.</summary>
internal static class LineControls
{
    public static void Map(RouteGroupBuilder control, SimulatedGateway gateway)
    {
        control.MapPost("/instances", async (NewLine line) =>
        {
            await gateway.Pair(line.Name, line.Phone, line.WebhookUrl);
            return Results.Created();
        });
        MapLine(control, gateway, "scan", (Connection connection, Scanned by) => connection.Scan(by.Phone, by.Name ?? "Parley Test"));
        MapLine(control, gateway, "drop", (Connection connection, Dropped why) => connection.Drop(why.Code));
        MapLine(control, gateway, "log-out-on-phone", connection => connection.LogOutOnPhone());
        MapLine(control, gateway, "hang", connection => connection.Hang());
        MapLine(control, gateway, "recover", connection => connection.Recover());
        MapLine(control, gateway, "refresh-qr", connection => connection.RefreshQr());
        MapLine(control, gateway, "reach-qr-limit", connection => connection.ReachQrLimit());
        MapLine(control, gateway, "become-zombie", connection =>
        {
            connection.BecomeZombie();
            return Task.CompletedTask;
        });
    }

    private static void MapLine(RouteGroupBuilder control, SimulatedGateway gateway, string what, Func<Connection, Task> act) =>
        control.MapPost($"/instances/{{name}}/{what}", (string name) => Act(gateway, name, act));

    private static void MapLine<T>(RouteGroupBuilder control, SimulatedGateway gateway, string what, Func<Connection, T, Task> act) =>
        control.MapPost($"/instances/{{name}}/{what}", (string name, T body) => Act(gateway, name, connection => act(connection, body)));

    private static async Task<IResult> Act(SimulatedGateway gateway, string name, Func<Connection, Task> act)
    {
        if (gateway.Instances.Find(name) is not { } instance)
        {
            return Results.NotFound();
        }

        // Not until every retry of its webhooks has ended.
        await Task.WhenAny(gateway.Work.Run(() => act(instance.Connection)), Task.Delay(TimeSpan.FromSeconds(1)));
        return Results.Ok(new { state = instance.Connection.State });
    }

    private sealed record NewLine(string Name, string Phone, string? WebhookUrl);

    private sealed record Scanned(string Phone, string? Name);

    private sealed record Dropped(int Code);
}
