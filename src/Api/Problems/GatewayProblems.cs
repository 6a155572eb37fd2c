using Parley.Ports.Gateways;

namespace Parley.Api.Problems;

/// <summary>How a gateway's failure is answered.</summary>
internal static class GatewayProblems
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    /// <summary>What any call to a gateway may be answered with.</summary>
    public static IReadOnlyList<ProblemCode> All { get; } =
    [
        ProblemCode.InstanceMissing,
        ProblemCode.SessionNotOpen,
        ProblemCode.GatewayUnsupported,
        ProblemCode.GatewayUnreachable,
        ProblemCode.GatewayUnauthorized,
        ProblemCode.GatewayRefused,
        ProblemCode.GatewayFailed,
        ProblemCode.GatewayBusy,
        ProblemCode.GatewayTimeout,
    ];

    public static Problem Of(GatewayException e) => e.Fault switch
    {
        GatewayFault.Unreachable => Problem.Of(ProblemCode.GatewayUnreachable, e.Message),
        GatewayFault.Busy => Problem.Later(ProblemCode.GatewayBusy, e.RetryAfter ?? RetryAfter, e.Message),
        GatewayFault.Unauthorized => Problem.Of(ProblemCode.GatewayUnauthorized, "The gateway's key must be changed."),
        GatewayFault.InstanceMissing => Problem.Of(ProblemCode.InstanceMissing, e.Message),
        GatewayFault.NotConnected => Problem.Of(ProblemCode.SessionNotOpen, e.Message),
        GatewayFault.Unsupported => Problem.Of(ProblemCode.GatewayUnsupported, e.Message),
        GatewayFault.Unknown when IsTimeout(e) => Problem.Of(ProblemCode.GatewayTimeout),
        GatewayFault.Unknown => Problem.Of(ProblemCode.GatewayFailed, e.Message),
        _ => Problem.Of(ProblemCode.GatewayRefused, e.Message),
    };

    private static bool IsTimeout(Exception e)
    {
        for (var inner = e.InnerException; inner is not null; inner = inner.InnerException)
        {
            if (inner is TimeoutException or OperationCanceledException || inner.GetType().Name.Contains("Timeout", StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
