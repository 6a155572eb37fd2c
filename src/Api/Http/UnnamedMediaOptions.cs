namespace Parley.Api.Http;

/// <summary>What the API must know of the sweep (<c>Parley:Sweep</c>).</summary>
public sealed class UnnamedMediaOptions
{
    /// <summary>For how long a media file is kept that no message names.</summary>
    public TimeSpan KeepUnnamedMedia { get; set; } = TimeSpan.FromDays(1);
}
