namespace Parley.Api.Auth;

/// <summary>Makes keys for the administrator.</summary>
public static class AdminKeys
{
    public static string New() => ApiSecret.NewKey();
}
