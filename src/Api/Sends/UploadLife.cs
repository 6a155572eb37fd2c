namespace Parley.Api.Sends;

/// <summary>How long an upload can be sent.</summary>
internal static class UploadLife
{
    private static readonly TimeSpan Life = TimeSpan.FromHours(24);

    public static DateTimeOffset EndOf(DateTimeOffset begin) => begin + Life;
}
