using System.Collections.Immutable;
using System.Text.Json;
using Parley.Domain.Messages;

namespace Parley.Gateways.Evolution.Webhooks;

/// <summary>Menus that were sent: buttons, lists, templates, flows (webhooks, 6).</summary>
internal static class Menus
{
    public static MessageContent Buttons(JsonElement value) => Menu(
        "buttons",
        value.Get("contentText"u8).Words(),
        value.Either("headerText"u8, "text"u8).Words(),
        value.Get("footerText"u8).Words(),
        Options(
            value.Get("buttons"u8),
            button => new(button.Get("buttonId"u8).Words(), button.Get("buttonText"u8, "displayText"u8).Words())));

    public static MessageContent List(JsonElement value)
    {
        var rows = ImmutableArray.CreateBuilder<MenuOption>();
        foreach (var section in value.Get("sections"u8).Elements())
        {
            rows.AddRange(Options(section.Get("rows"u8), row => new(row.Get("rowId"u8).Words(), row.Get("title"u8).Words())));
        }

        var title = value.Get("title"u8).Words();
        return Menu("list", value.Get("description"u8).Words() ?? title, title, value.Get("footerText"u8).Words(), rows.ToImmutable());
    }

    public static MessageContent Template(JsonElement value)
    {
        if (value.Get("interactiveMessageTemplate"u8) is { ValueKind: JsonValueKind.Object } flow)
        {
            return Flow(flow);
        }

        var template = value.Either("hydratedTemplate"u8, "hydratedFourRowTemplate"u8);
        return Menu(
            "template",
            template.Get("hydratedContentText"u8).Words(),
            template.Get("hydratedTitleText"u8).Words(),
            template.Get("hydratedFooterText"u8).Words(),
            Options(template.Get("hydratedButtons"u8), TemplateButton));
    }

    public static MessageContent Flow(JsonElement value) => Menu(
        "flow",
        value.Get("body"u8, "text"u8).Words(),
        value.Get("header"u8, "title"u8).Words(),
        value.Get("footer"u8, "text"u8).Words(),
        FlowOptions(value));

    /// <summary>What the EVOLUTION channel tells of buttons that it sent: the request itself.</summary>
    public static MessageContent Requested(JsonElement message) => Menu(
        "buttons",
        message.Get("description"u8).Words() ?? message.Get("title"u8).Words(),
        message.Get("title"u8).Words(),
        message.Get("footer"u8).Words(),
        Options(message.Get("buttons"u8), button => new(button.Get("id"u8).Words(), button.Get("displayText"u8).Words())));

    private static MessageContent Menu(
        string kind, string? text, string? title, string? footer, ImmutableArray<MenuOption> options) => new()
        {
            Type = MessageType.Interactive,
            Text = text,
            Interactive = new(kind, title, footer, options),
        };

    private static ImmutableArray<MenuOption> Options(JsonElement array, Func<JsonElement, MenuOption> read)
    {
        var options = ImmutableArray.CreateBuilder<MenuOption>();
        foreach (var item in array.Elements())
        {
            if (item.IsObject())
            {
                options.Add(read(item));
            }
        }

        return options.ToImmutable();
    }

    private static MenuOption TemplateButton(JsonElement button)
    {
        var kind = button.Either("quickReplyButton"u8, "urlButton"u8);
        kind = kind.IsThere() ? kind : button.Get("callButton"u8);
        return new(
            kind.Get("id"u8).Words() ?? kind.Get("url"u8).Words() ?? kind.Get("phoneNumber"u8).Words(),
            kind.Get("displayText"u8).Words());
    }

    /// <summary>Of a flow, and of the cards that it shows side by side.</summary>
    private static ImmutableArray<MenuOption> FlowOptions(JsonElement value)
    {
        var options = ImmutableArray.CreateBuilder<MenuOption>();
        foreach (var button in value.Get("nativeFlowMessage"u8, "buttons"u8).Elements())
        {
            options.AddRange(FlowButton(button));
        }

        foreach (var card in value.Get("carouselMessage"u8, "cards"u8).Elements())
        {
            options.AddRange(FlowOptions(card));
        }

        return options.ToImmutable();
    }

    /// <summary>A button, or the rows of the list that it opens.</summary>
    private static ImmutableArray<MenuOption> FlowButton(JsonElement button)
    {
        if (!button.IsObject())
        {
            return [];
        }

        using var parameters = InnerJson.Parse(button.Get("buttonParamsJson"u8).Text());
        var root = parameters?.RootElement ?? default;
        var rows = ImmutableArray.CreateBuilder<MenuOption>();
        foreach (var section in root.Get("sections"u8).Elements())
        {
            rows.AddRange(Options(section.Get("rows"u8), static row => new(row.Get("id"u8).Words(), row.Get("title"u8).Words())));
        }

        return rows.Count > 0
            ? rows.ToImmutable()
            : [new(root.Get("id"u8).Words() ?? root.Get("url"u8).Words(), root.Get("display_text"u8).Words() ?? button.Get("name"u8).Words())];
    }
}
