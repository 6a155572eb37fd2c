namespace Parley.Grains.Abstractions;

/// <summary>The call did not come to an end that can be told: it may have happened or not, and may be repeated.</summary>
[GenerateSerializer, Alias("parley.RetryableException")]
public sealed class RetryableException : Exception
{
    public RetryableException()
    {
    }

    public RetryableException(string message)
        : base(message)
    {
    }

    public RetryableException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
