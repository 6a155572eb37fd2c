namespace Parley.GatewaySimulator.Rest;

/// <summary>What a call needs and who answers it.</summary>
/// <param name="Required">Properties that the body must have, in the order in which they are missed.</param>
/// <param name="ForInstance">Whether the path names an instance.</param>
/// <param name="Key">Which key opens it.</param>
internal sealed record Route(Func<RestCall, Task<Answer>> Handle, string[] Required, bool ForInstance = true, KeyNeed Key = KeyNeed.Any);

internal enum KeyNeed
{
    /// <summary>The global one, or the instance's.</summary>
    Any,

    /// <summary>The global one only.</summary>
    Global,

    /// <summary>The global one, or that of any instance.</summary>
    AnyInstance,
}
