using System.Globalization;
using System.Runtime.CompilerServices;

namespace Parley.Simulator.Scheduling;

/// <summary>What happened in a history, as a hash always and as readable lines when asked.</summary>
/// <remarks>Two runs of one seed have one hash. Nothing that differs between them (random ids, hash codes) may be written here.</remarks>
public sealed class Trace(bool keepsLines)
{
    private const ulong Prime = 1099511628211;
    private readonly List<string> _lines = [];
    private ulong _hash = 14695981039346656037;

    public ulong Hash => _hash;

    public IReadOnlyList<string> Lines => _lines;

    /// <summary>The virtual time of the next line; kept current by the scheduler.</summary>
    internal TimeSpan Now { get; set; }

    public void Choice(int chosen, int among) => Fold(((ulong)(uint)chosen << 32) | (uint)among);

    public void Line(string actor, [InterpolatedStringHandlerArgument("")] ref Handler what)
    {
        Fold((ulong)Now.Ticks);
        Fold(actor);
        Fold(what.Template);
        if (keepsLines)
        {
            _lines.Add(string.Create(CultureInfo.InvariantCulture, $"{Now.TotalMilliseconds,10:0.0} ms  {actor,-12} {what.Text}"));
        }
    }

    private void Fold(string text)
    {
        foreach (var c in text)
        {
            Fold(c);
        }
    }

    private void Fold(ulong value) => _hash = (_hash ^ value) * Prime;

    /// <summary>Renders the line only when lines are kept; of a fast run only the fixed parts go into the hash.</summary>
    [InterpolatedStringHandler]
    public ref struct Handler
    {
        private DefaultInterpolatedStringHandler _text;
        private readonly bool _renders;

        public Handler(int literalLength, int formattedCount, Trace trace)
        {
            _renders = trace.Renders;
            _text = _renders ? new DefaultInterpolatedStringHandler(literalLength, formattedCount, CultureInfo.InvariantCulture) : default;
            Template = "";
        }

        internal string Template { get; private set; }

        internal string Text => _text.ToStringAndClear();

        public void AppendLiteral(string literal)
        {
            Template = literal;
            if (_renders)
            {
                _text.AppendLiteral(literal);
            }
        }

        public void AppendFormatted<T>(T value)
        {
            if (_renders)
            {
                _text.AppendFormatted(value);
            }
        }
    }

    private bool Renders => keepsLines;
}
