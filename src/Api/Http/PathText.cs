namespace Parley.Api.Http;

/// <summary>Parts of a path as they were meant.</summary>
internal static class PathText
{
    /// <summary>The server leaves an escaped slash as it came, since it would change the path; here it is part of a name.</summary>
    public static string Unescape(string part) => part.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
}
