using System.Text.Json.Serialization;
using Parley.Domain.Addresses;

namespace Parley.Domain.Work;

/// <summary>A durable to-do of a tenant, worked off by its worker. Doing one twice does no harm.</summary>
/// <remarks>Two of one <see cref="Key"/> are one.</remarks>
[GenerateSerializer, Immutable, Alias("parley.WorkItem")]
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(SameParty), "same_party")]
[JsonDerivedType(typeof(Merge), "merge")]
[JsonDerivedType(typeof(Erase), "erase")]
[JsonDerivedType(typeof(Meet), "meet")]
[JsonDerivedType(typeof(SendQueued), "send")]
[JsonDerivedType(typeof(KeepLine), "line")]
[JsonDerivedType(typeof(SyncLine), "sync")]
public abstract record WorkItem
{
    /// <summary>Unique within the tenant.</summary>
    [JsonIgnore]
    public abstract string Key { get; }
}

/// <summary>Two addresses turned out to be one party: every conversation found under <paramref name="Known"/> must be
/// found under <paramref name="Better"/> too.</summary>
[GenerateSerializer, Immutable, Alias("parley.SameParty")]
public sealed record SameParty([property: Id(0)] Address Known, [property: Id(1)] Address Better) : WorkItem
{
    public override string Key => $"same:{Known.Value}:{Better.Value}";
}

/// <summary>Two conversations turned out to be one.</summary>
[GenerateSerializer, Immutable, Alias("parley.Merge")]
public sealed record Merge([property: Id(0)] string One, [property: Id(1)] string Other) : WorkItem
{
    public override string Key => string.CompareOrdinal(One, Other) < 0 ? $"merge:{One}|{Other}" : $"merge:{Other}|{One}";
}

/// <summary>Messages under a conversation's delete mark become tombstones.</summary>
[GenerateSerializer, Immutable, Alias("parley.Erase")]
public sealed record Erase([property: Id(0)] string ConversationId) : WorkItem
{
    public override string Key => $"erase:{ConversationId}";
}

/// <summary>A message and what was parked for it may have passed each other: look again.</summary>
[GenerateSerializer, Immutable, Alias("parley.Meet")]
public sealed record Meet([property: Id(0)] string ExternalId) : WorkItem
{
    public override string Key => $"meet:{ExternalId}";
}

/// <summary>A session has sends in its queue.</summary>
[GenerateSerializer, Immutable, Alias("parley.SendQueued")]
public sealed record SendQueued([property: Id(0)] string SessionId) : WorkItem
{
    public override string Key => $"send:{SessionId}";
}

/// <summary>A session that Parley runs wants to be looked after: a task of it, or its state at the gateway. Stays as long as it is run.</summary>
[GenerateSerializer, Immutable, Alias("parley.KeepLine")]
public sealed record KeepLine([property: Id(0)] string SessionId) : WorkItem
{
    public override string Key => $"line:{SessionId}";
}

/// <summary>What the gateway has of a session since a time is to be brought in.</summary>
[GenerateSerializer, Immutable, Alias("parley.SyncLine")]
public sealed record SyncLine([property: Id(0)] string SessionId, [property: Id(1)] DateTimeOffset Since) : WorkItem
{
    /// <summary>Up to when; null = up to when it is done.</summary>
    [Id(2)]
    public DateTimeOffset? Until { get; init; }

    /// <summary>The run that somebody asked for; null = nobody waits for it.</summary>
    [Id(3)]
    public Guid? RunId { get; init; }

    /// <summary>When a session left it: left again while it is being done, it is another one, and done again.</summary>
    [Id(4)]
    public DateTimeOffset? LeftAt { get; init; }

    /// <summary>One that somebody waits for is not lost to one that nobody asked for.</summary>
    public override string Key => RunId is null ? $"sync:{SessionId}" : $"sync:{SessionId}:asked";
}
