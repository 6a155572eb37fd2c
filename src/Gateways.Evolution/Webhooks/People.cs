using System.Text.Json;
using Parley.Domain.Addresses;
using Parley.Domain.Observations;

namespace Parley.Gateways.Evolution.Webhooks;

/// <summary>contacts.* and groups.*: pictures, group names, and which hidden id has which number (webhooks, 5.8).</summary>
internal static class People
{
    /// <summary>Longest address of a picture, characters: WhatsApp's have some hundred.</summary>
    private const int LongestPicture = 4096;

    /// <summary>A picture only: names in contacts.* are often another's.</summary>
    public static void ReadContact(JsonElement data, Findings findings)
    {
        if (PictureOf(data.Either("profilePicUrl"u8, "profilePictureUrl"u8)) is { } picture && Address.TryParse(data.Either("remoteJid"u8, "id"u8).Text(), out var address)
            && address.Kind is AddressKind.Phone or AddressKind.Lid)
        {
            findings.Add(new NameObserved(address, Name: null, picture, findings.Envelope.ReceivedAt));
        }
        else
        {
            findings.Ignore("contact");
        }
    }

    /// <summary>It is shown in browsers, so nothing but a web address counts.</summary>
    private static string? PictureOf(JsonElement value) =>
        value.Words() is { Length: <= LongestPicture } text
        && Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttps || url.Scheme == Uri.UriSchemeHttp)
            ? text
            : null;

    public static void ReadGroup(JsonElement data, Findings findings)
    {
        if (!Address.TryParse(data.Get("id"u8).Text(), out var group) || group.Kind != AddressKind.Group)
        {
            findings.Quarantine("unreadable_group", "A group without a readable id.");
            return;
        }

        AddPair(findings, data.Get("owner"u8), data.Get("ownerPn"u8), data.Get("ownerJid"u8));
        AddPair(findings, data.Get("subjectOwner"u8), data.Get("subjectOwnerPn"u8), data.Get("subjectOwnerJid"u8));
        AddPair(findings, data.Get("author"u8), data.Get("authorPn"u8), default);
        AddPairs(findings, data.Get("participants"u8));
        if (Names.OfGroup(data.Get("subject"u8)) is { } subject)
        {
            findings.Add(new NameObserved(group, subject, PictureOf(data.Get("pictureUrl"u8)), findings.Envelope.ReceivedAt));
        }
        else
        {
            findings.Ignore("group");
        }
    }

    /// <summary>Who joined and left is no message; the participants may teach pairs. <c>participantsData</c> is broken.</summary>
    public static void ReadParticipants(JsonElement data, Findings findings)
    {
        AddPair(findings, data.Get("author"u8), data.Get("authorPn"u8), default);
        AddPairs(findings, data.Get("participants"u8));
        findings.Ignore("group_participants");
    }

    private static void AddPairs(Findings findings, JsonElement participants)
    {
        foreach (var person in participants.Elements())
        {
            if (!findings.AdmitPerson())
            {
                return;
            }

            var people = new PartyBuilder();
            people.Add(person.Get("id"u8));
            people.Add(person.Get("phoneNumber"u8));
            people.Add(person.Get("jid"u8));
            people.Add(person.Get("lid"u8));
            if (people.Pair is { } pair)
            {
                findings.Add(pair);
            }
        }
    }

    private static void AddPair(Findings findings, JsonElement person, JsonElement number, JsonElement olderNumber)
    {
        var people = new PartyBuilder();
        people.Add(person);
        people.Add(number);
        people.Add(olderNumber);
        if (people.Pair is { } pair)
        {
            findings.Add(pair);
        }
    }
}
