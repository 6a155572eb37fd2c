namespace Parley.Api.Problems;

/// <summary>Ends a request early: what was asked cannot be read.</summary>
internal sealed class ProblemException(Problem problem) : Exception(problem.Code.Code)
{
    public Problem Problem { get; } = problem;
}
