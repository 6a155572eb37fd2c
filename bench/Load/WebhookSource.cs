using System.Globalization;
using System.Text;

namespace Parley.Bench.Load;

/// <summary>Gives each connection its next webhook: a new message of one of many people.</summary>
internal sealed class WebhookSource
{
    private const string Placeholder = "3EB0000000000000000000";
    private readonly byte[][] _templates;
    private readonly long[] _next;
    private readonly string _run;

    public WebhookSource(string host, string path, int people, int connections)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        _templates = [.. Enumerable.Range(0, people).Select(person => Webhooks.Request(host, path, Placeholder, person, now))];
        _next = new long[connections];
        _run = Random.Shared.Next(0x1000, 0xFFFF).ToString("X4", CultureInfo.InvariantCulture);
    }

    public int Next(int connection, byte[] buffer)
    {
        var number = _next[connection]++;
        var person = (int)((connection * 7919L + number * 104_729L) % _templates.Length);
        var template = _templates[person];
        template.CopyTo(buffer, 0);
        var at = template.AsSpan().IndexOf("3EB00000"u8);
        Encoding.ASCII.GetBytes($"3EB0{_run}{connection:X4}{number:X10}", buffer.AsSpan(at));
        return template.Length;
    }
}
