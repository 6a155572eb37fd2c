using System.Text.Json;

namespace Parley.Gateways.Evolution.Webhooks;

/// <summary>What finding the content came to.</summary>
internal enum Finding
{
    /// <summary>Nothing, or nothing but metadata.</summary>
    None,

    /// <summary>Nothing but the distribution of a group's key.</summary>
    KeysOnly,

    /// <summary>A known key whose value has the wrong type.</summary>
    Malformed,
    Found,
}

/// <summary>The content of a message, its wrappers opened.</summary>
internal readonly record struct Content
{
    /// <summary>Wrappers can be nested by anybody; beyond this nobody means it.</summary>
    private const int MostWrappers = 32;

    public Finding Finding { get; private init; }

    /// <summary>The gateway's name of the type.</summary>
    public string Key { get; private init; }

    public ContentKind Kind { get; private init; }

    public JsonElement Value { get; private init; }

    /// <summary>The object that holds the content (and what travels beside it).</summary>
    public JsonElement Holder { get; private init; }

    public bool ViewOnce { get; private init; }

    /// <summary>The gateway delivered it already edited.</summary>
    public bool Edited { get; private init; }

    /// <remarks>
    /// The type is a known key's, never the first key's (metadata often comes first) nor <c>messageType</c>'s
    /// (webhooks, 5.1). A key that nobody knows counts only where there is no known one.
    /// </remarks>
    public static Content Of(JsonElement message)
    {
        var content = new Content { Holder = message, Key = "" };
        for (var depth = 0; depth < MostWrappers; depth++)
        {
            var inner = FindIn(content.Holder);
            if (inner.Finding == Finding.None && content.ViewOnce)
            {
                // An empty view-once: its content is closed to linked devices.
                return content with { Finding = Finding.Found, Kind = ContentKind.Unavailable };
            }

            content = inner with { ViewOnce = content.ViewOnce, Edited = content.Edited };
            switch (content.Finding == Finding.Found ? content.Kind : ContentKind.Unsupported)
            {
                case ContentKind.ViewOnceWrapper:
                    content = content with { ViewOnce = true, Holder = content.Value.Get("message"u8) };
                    break;
                case ContentKind.EditedWrapper:
                    content = content with { Edited = true, Holder = content.Value.Get("message"u8) };
                    break;
                case ContentKind.Wrapper:
                    content = content with { Holder = content.Value.Get("message"u8) };
                    break;
                default:
                    return content;
            }
        }

        return content with { Finding = Finding.Malformed };
    }

    private static Content FindIn(JsonElement holder)
    {
        var best = new Content { Holder = holder, Key = "" };
        if (!holder.IsObject())
        {
            return best;
        }

        foreach (var member in holder.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.Null)
            {
                continue;
            }

            var name = member.Name;
            var known = ContentKinds.TryFind(name, out var kind);
            var found = kind switch
            {
                ContentKind.Companion => Finding.None,
                ContentKind.KeyDistribution => Finding.KeysOnly,
                ContentKind.Text => member.Value.ValueKind == JsonValueKind.String ? Finding.Found : Finding.Malformed,
                _ when member.Value.IsObject() => Finding.Found,
                _ => known ? Finding.Malformed : Finding.None,
            };

            // Of an empty text and anything else the other is meant; of a type that is read and one that is not, the first.
            var better = found > best.Finding
                || (found == Finding.Found && best.Finding == Finding.Found && known
                    && (best.Kind == ContentKind.Unsupported || (best.Kind == ContentKind.Text && best.Value.ValueEquals(""u8))));
            if (better)
            {
                best = best with { Finding = found, Key = name, Kind = kind, Value = member.Value };
            }
        }

        // A wrapper of tomorrow: its name is not known, its shape is.
        return best.Finding == Finding.Found && best.Kind == ContentKind.Unsupported && !ContentKinds.TryFind(best.Key, out _)
            && ContentKinds.IsWrapper(best.Value)
                ? best with { Kind = ContentKind.Wrapper }
                : best;
    }
}
