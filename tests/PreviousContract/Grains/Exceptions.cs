namespace Parley.Grains.Abstractions;

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

[GenerateSerializer, Alias("parley.TenantMismatchException")]
public sealed class TenantMismatchException : Exception
{
    public TenantMismatchException()
    {
    }

    public TenantMismatchException(string message)
        : base(message)
    {
    }

    public TenantMismatchException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
