using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Parley.GatewaySimulator.Control;

/// <summary>What happened so far.</summary>
internal static class RecordControls
{
    public static void Map(RouteGroupBuilder control, SimulatedGateway gateway)
    {
        control.MapGet("/requests", () => gateway.Requests.All.Select(each =>
            new { each.Method, each.Path, each.Query, each.Call, each.Instance, Body = each.Text, each.Status, each.At }));
        control.MapGet("/sent", () => gateway.WhatsApp.Sent.Select(each =>
            new { each.Line, each.Instance, each.To, each.Id, each.Type, each.Text, each.Media, each.Target, each.Mentions, each.At }));
        control.MapGet("/reads", () => gateway.WhatsApp.Reads);
        control.MapGet("/webhooks", () => gateway.Webhooks.Posted.Select(each =>
            new { each.Event, each.Instance, each.Url, each.Body, each.Answers, each.Lost, each.At }));
        control.MapGet("/instances", () => gateway.Instances.All.Select(each =>
            new { each.Name, each.Id, each.Connection.State, Phone = each.Account?.Phone, Qr = each.Connection.LastQr?.Code }));
        control.MapPost("/settle", async (double? seconds) =>
        {
            try
            {
                await gateway.Settle(TimeSpan.FromSeconds(seconds ?? 10));
                return Results.Ok();
            }
            catch (TimeoutException exception)
            {
                return Results.Conflict(exception.Message);
            }
        });
    }
}
