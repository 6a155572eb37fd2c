namespace Parley.BlackBox;

/// <summary>Where the next request goes.</summary>
public interface ITarget
{
    /// <summary>Waits while there is nobody to take it.</summary>
    Task<Uri> Next();
}
