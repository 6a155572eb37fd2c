namespace Parley.Api.Paging;

/// <summary>A genuine cursor of the same kind of list, but of another conversation or session.</summary>
internal sealed class CursorElsewhereException(string place) : Exception("The cursor belongs elsewhere.")
{
    public string Place { get; } = place;
}
