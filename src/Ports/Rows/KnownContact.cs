namespace Parley.Ports.Rows;

/// <summary>What is known of a person or group, each part with the time of what told it.</summary>
internal sealed record KnownContact(string? Name, DateTimeOffset? NameAt, string? Picture, DateTimeOffset? PictureAt)
{
    public DateTimeOffset? At => NameAt > PictureAt || PictureAt is null ? NameAt : PictureAt;

    public KnownContact With(DirectoryEntry entry)
    {
        var name = IsLater(entry.Name, entry.At, Name, NameAt);
        var picture = IsLater(entry.PictureUrl, entry.At, Picture, PictureAt);
        return new KnownContact(
            name ? entry.Name : Name, name ? entry.At : NameAt, picture ? entry.PictureUrl : Picture, picture ? entry.At : PictureAt);
    }

    /// <summary>Of two told at one time the greater text stays, so that every order ends alike.</summary>
    private static bool IsLater(string? text, DateTimeOffset at, string? known, DateTimeOffset? knownAt) =>
        !string.IsNullOrEmpty(text)
        && (knownAt is null || at > knownAt || (at == knownAt && string.CompareOrdinal(text, known) > 0));
}
