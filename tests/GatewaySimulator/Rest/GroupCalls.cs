using System.Text.Json.Nodes;
using Parley.GatewaySimulator.Network;

namespace Parley.GatewaySimulator.Rest;

/// <summary>Reading groups.</summary>
internal static class GroupCalls
{
    public static Task<Answer> Find(RestCall call)
    {
        if (Asked(call) is not { } group)
        {
            return Task.FromResult(Answer.Errors(404, "Error fetching group", "Error: item-not-found"));
        }

        var info = Info(group);
        info["isCommunity"] = false;
        info["isCommunityAnnounce"] = false;
        info["participants"] = Participants(call, group);
        return Task.FromResult(Answer.Ok(info));
    }

    public static Task<Answer> Participants(RestCall call) => Task.FromResult(Asked(call) is { } group
        ? Answer.Ok(new JsonObject { ["participants"] = Participants(call, group) })
        : Answer.Errors(404, "No participants", "Error: item-not-found"));

    public static Task<Answer> All(RestCall call)
    {
        if (call.Query["getParticipants"].FirstOrDefault() is not { } wanted)
        {
            return Task.FromResult(Answer.Errors(400, "The getParticipants needs to be informed in the query"));
        }

        var groups = call.Gateway.WhatsApp.Groups.Select(group =>
        {
            var info = Info(group);
            info["isCommunity"] = false;
            info["isCommunityAnnounce"] = false;
            if (wanted == "true")
            {
                info["participants"] = Participants(call, group);
            }

            return (JsonNode)info;
        });
        return Task.FromResult(Answer.Ok(new JsonArray([.. groups])));
    }

    private static Group? Asked(RestCall call) => call.Gateway.WhatsApp.FindGroup(call.Query["groupJid"].FirstOrDefault() ?? "");

    private static JsonObject Info(Group group) => new()
    {
        ["id"] = group.GroupJid,
        ["subject"] = group.Subject,
        ["subjectOwner"] = Owner(group),
        ["subjectTime"] = 1730000000,
        ["pictureUrl"] = null,
        ["size"] = group.Members.Count,
        ["creation"] = 1730000000,
        ["owner"] = Owner(group),
        ["desc"] = "",
        ["descId"] = "D1",
        ["restrict"] = false,
        ["announce"] = false,
    };

    private static string? Owner(Group group) => group.Members is [var first, ..] ? first.HiddenJid ?? first.PhoneJid : null;

    // In v2 hidden id and phone beside each other: one of the few places that tell both.
    private static JsonArray Participants(RestCall call, Group group) => new([.. group.Members.Select(member =>
    {
        var row = new JsonObject { ["id"] = member.HiddenJid ?? member.PhoneJid };
        if (call.Dialect.RawProtobuf)
        {
            if (member.Phone.Length > 0)
            {
                row["phoneNumber"] = member.PhoneJid;
            }
        }
        else if (!call.Dialect.IsV1)
        {
            row["jid"] = member.PhoneJid;
            row["lid"] = member.HiddenJid;
        }

        row["admin"] = null;
        return (JsonNode)row;
    })]);
}
