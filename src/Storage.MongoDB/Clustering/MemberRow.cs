using MongoDB.Bson.Serialization.Attributes;

namespace Parley.Storage.MongoDB.Clustering;

/// <summary>One silo of a cluster, as it is kept.</summary>
/// <remarks>BSON's times have milliseconds; membership compares times by seconds.</remarks>
[BsonIgnoreExtraElements]
internal sealed record MemberRow
{
    public const string SiloField = "silo";
    public const string EtagField = "etag";
    public const string StatusField = "status";
    public const string VotesField = "votes";
    public const string StartedAtField = "startedAt";
    public const string AliveAtField = "aliveAt";

    /// <summary>Address, port and generation in Orleans' own writing.</summary>
    [BsonElement(SiloField)]
    public required string Silo { get; init; }

    [BsonElement(EtagField)]
    public required string Etag { get; init; }

    [BsonElement(StatusField)]
    public required int Status { get; init; }

    [BsonElement("gatewayPort")]
    public required int GatewayPort { get; init; }

    [BsonElement("hostName")]
    public required string? HostName { get; init; }

    [BsonElement("siloName")]
    public required string? SiloName { get; init; }

    [BsonElement("roleName")]
    public required string? RoleName { get; init; }

    [BsonElement("updateZone")]
    public required int UpdateZone { get; init; }

    [BsonElement("faultZone")]
    public required int FaultZone { get; init; }

    [BsonElement(StartedAtField)]
    public required DateTime StartedAt { get; init; }

    [BsonElement(AliveAtField)]
    public required DateTime AliveAt { get; init; }

    [BsonElement(VotesField)]
    public required IReadOnlyList<VoteRow> Votes { get; init; }

    public static MemberRow Of(MembershipEntry entry, string etag) => new()
    {
        Silo = entry.SiloAddress.ToParsableString(),
        Etag = etag,
        Status = (int)entry.Status,
        GatewayPort = entry.ProxyPort,
        HostName = entry.HostName,
        SiloName = entry.SiloName,
        RoleName = entry.RoleName,
        UpdateZone = entry.UpdateZone,
        FaultZone = entry.FaultZone,
        StartedAt = Utc(entry.StartTime),
        AliveAt = Utc(entry.IAmAliveTime),
        Votes = [.. (entry.SuspectTimes ?? []).Select(static vote => new VoteRow { Silo = vote.Item1.ToParsableString(), At = Utc(vote.Item2) })],
    };

    public MembershipEntry ToEntry() => new()
    {
        SiloAddress = SiloAddress.FromParsableString(Silo),
        Status = (SiloStatus)Status,
        ProxyPort = GatewayPort,
        HostName = HostName!,
        SiloName = SiloName!,
        RoleName = RoleName,
        UpdateZone = UpdateZone,
        FaultZone = FaultZone,
        StartTime = StartedAt,
        IAmAliveTime = AliveAt,
        SuspectTimes = [.. Votes.Select(static vote => Tuple.Create(SiloAddress.FromParsableString(vote.Silo), vote.At))],
    };

    /// <summary>Orleans hands in UTC times; some of them do not say so.</summary>
    public static DateTime Utc(DateTime time) => time.Kind == DateTimeKind.Local ? time.ToUniversalTime() : DateTime.SpecifyKind(time, DateTimeKind.Utc);
}
