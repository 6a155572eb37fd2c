using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Parley.GatewaySimulator.Instances;
using Parley.GatewaySimulator.Network;
using Parley.GatewaySimulator.Writing;

namespace Parley.GatewaySimulator.Control;

/// <summary>What people and owners do on their phones.</summary>
internal static class MessageControls
{
    public static void Map(RouteGroupBuilder control, SimulatedGateway gateway)
    {
        Map<Written>(control, gateway, "write", (line, body) => line.Phone.Write(
            Person(gateway, body.Peer), body.Content(), body.Addressing, Group(gateway, body.Group), body.Quotes, body.Id, body.At));
        Map<Written>(control, gateway, "owner-writes", (line, body) => line.Phone.OwnerWrites(
            body.Group is null ? Person(gateway, body.Peer) : null,
            body.Content(), body.Addressing, Group(gateway, body.Group), body.Quotes, body.Id, body.At));
        Map<Reacted>(control, gateway, "react", (line, body) =>
            line.Phone.React(Person(gateway, body.Peer), body.Id, body.Emoji, body.Addressing, Group(gateway, body.Group)));
        Map<Reacted>(control, gateway, "owner-reacts", (line, body) =>
            line.Phone.OwnerReacts(Person(gateway, body.Peer), body.Id, body.Emoji, body.Addressing));
        Map<Voted>(control, gateway, "vote", (line, body) =>
            line.Phone.Vote(Person(gateway, body.Peer), body.Id, body.Chosen, body.Addressing, Group(gateway, body.Group)) ?? "");
        Map<Changed>(control, gateway, "edit", (line, body) =>
            line.Phone.Edit(Person(gateway, body.Peer), body.Id, body.Text ?? "", body.Addressing));
        Map<Changed>(control, gateway, "owner-edits", (line, body) =>
            line.Phone.OwnerEdits(Person(gateway, body.Peer), body.Id, body.Text ?? "", body.Addressing));
        Map<Changed>(control, gateway, "delete", (line, body) =>
            line.Phone.Delete(Person(gateway, body.Peer), body.Id, body.Addressing));
        Map<Changed>(control, gateway, "owner-deletes", (line, body) =>
            line.Phone.OwnerDeletes(Person(gateway, body.Peer), body.Id, body.Addressing));
        Map<Named>(control, gateway, "owner-reads", (line, body) => line.Phone.OwnerReads(body.Id));
        Map<Named>(control, gateway, "deliver-again", (line, body) => line.Phone.DeliverAgain(body.Id));
        Map<Receipt>(control, gateway, "receipt", (line, body) => line.Receipts.Tell(body.Id, body.Status, body.RemoteJid));
        Map<Shown>(control, gateway, "presence", (line, body) =>
            line.Phone.ShowPresence(Person(gateway, body.Peer), body.Presence, body.Addressing));
        Map<Written[]>(control, gateway, "history", (line, body) => line.Phone.HandOverHistory(
            [.. body.Select(each => new StoredMessage
            {
                Id = each.Id ?? NewIds.Phone("android"),
                FromMe = each.FromMe,
                Peer = Person(gateway, each.Peer),
                Addressing = each.Addressing,
                PushName = Person(gateway, each.Peer).Name,
                Content = each.Content(),
                Time = each.At ?? DateTimeOffset.UtcNow,
            })]));
        Map<Raised>(control, gateway, "raise", (line, body) => _ = line.Phone.Raise(body.Event, body.Data));
    }

    private static void Map<T>(RouteGroupBuilder control, SimulatedGateway gateway, string what, Action<Instance, T> act) =>
        Map<T>(control, gateway, what, (line, body) =>
        {
            act(line, body);
            return "";
        });

    private static void Map<T>(RouteGroupBuilder control, SimulatedGateway gateway, string what, Func<Instance, T, string> act) =>
        control.MapPost($"/instances/{{name}}/{what}", (string name, T body) => gateway.Instances.Find(name) is { } line
            ? Results.Ok(new { id = act(line, body) })
            : Results.NotFound());

    private static Person Person(SimulatedGateway gateway, string phone) => gateway.WhatsApp.FindOrAdd(Jid.FromNumber(phone));

    private static Group? Group(SimulatedGateway gateway, string? id) => id is null ? null : gateway.WhatsApp.FindGroup(Jid.Group(id));

    /// <param name="Peer">The other side's number.</param>
    /// <param name="Group">The group's digits; the peer is then the author.</param>
    /// <param name="Media">Its bytes in base64.</param>
    /// <param name="Poll">The options of a poll, whose question is the text.</param>
    private sealed record Written(
        string Peer,
        string? Text,
        string? Group,
        string? Quotes,
        string? Id,
        DateTimeOffset? At,
        string? Media,
        MediaKind Kind,
        string? MimeType,
        string? FileName,
        string[]? Poll,
        bool FromMe,
        Addressing Addressing)
    {
        public Content Content() => Poll is not null ? new PollContent(Text ?? "", Poll, Poll.Length)
            : Media is null ? new TextContent(Text ?? "")
            : new MediaContent(Kind, Convert.FromBase64String(Media), MimeType ?? "application/octet-stream")
            {
                Caption = Text,
                FileName = FileName,
            };
    }

    private sealed record Reacted(string Peer, string Id, string Emoji, string? Group, Addressing Addressing);

    private sealed record Voted(string Peer, string Id, string[] Chosen, string? Group, Addressing Addressing);

    private sealed record Changed(string Peer, string Id, string? Text, Addressing Addressing);

    private sealed record Named(string Id);

    private sealed record Receipt(string Id, string Status, string? RemoteJid);

    private sealed record Shown(string Peer, string Presence, Addressing Addressing);

    private sealed record Raised(string Event, JsonNode? Data);
}
