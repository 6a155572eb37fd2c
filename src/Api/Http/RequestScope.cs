using System.Collections;

namespace Parley.Api.Http;

/// <summary>What log lines of a request carry: its id, and nothing that could hold a token or a person's number.</summary>
public sealed class RequestScope(string requestId) : IReadOnlyList<KeyValuePair<string, object>>
{
    public string RequestId { get; } = requestId;

    public int Count => 1;

    public KeyValuePair<string, object> this[int index] =>
        index == 0 ? new("RequestId", RequestId) : throw new ArgumentOutOfRangeException(nameof(index));

    public IEnumerator<KeyValuePair<string, object>> GetEnumerator()
    {
        yield return this[0];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => RequestId;
}
