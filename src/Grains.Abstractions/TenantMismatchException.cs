namespace Parley.Grains.Abstractions;

/// <summary>A grain was called in the name of another tenant than its own, or of none.</summary>
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
