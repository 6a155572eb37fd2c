using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Parley.GatewaySimulator.Network;

namespace Parley.GatewaySimulator.Control;

/// <summary>Who has WhatsApp.</summary>
internal static class WhatsAppControls
{
    public static void Map(RouteGroupBuilder control, SimulatedGateway gateway)
    {
        control.MapPost("/people", (NewPerson person) =>
            Results.Ok(gateway.WhatsApp.AddPerson(person.Phone, person.Name, person.HiddenId, person.WithoutHiddenId)));
        control.MapPost("/groups", (NewGroup group) => Results.Ok(gateway.WhatsApp.AddGroup(
            group.Id, group.Subject, [.. group.Members.Select(each => gateway.WhatsApp.FindOrAdd(Jid.Phone(each)))])));
        control.MapPost("/no-whatsapp", (Number number) => gateway.WhatsApp.HasNoWhatsApp(number.Phone));
        control.MapPost("/redirect", (Redirect redirect) =>
            gateway.WhatsApp.Redirect(Jid.FromNumber(redirect.From), Jid.FromNumber(redirect.To)));
    }

    private sealed record NewPerson(string Phone, string Name, string? HiddenId, bool WithoutHiddenId);

    private sealed record NewGroup(string Id, string Subject, string[] Members);

    private sealed record Number(string Phone);

    private sealed record Redirect(string From, string To);
}
