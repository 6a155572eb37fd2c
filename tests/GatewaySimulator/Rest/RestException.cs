namespace Parley.GatewaySimulator.Rest;

/// <summary>A call ends with an error answer.</summary>
internal sealed class RestException(Answer answer) : Exception($"{answer.Status} {answer.Body?.ToJsonString()}")
{
    public Answer Answer => answer;
}
