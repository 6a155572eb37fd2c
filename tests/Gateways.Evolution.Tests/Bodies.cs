using System.Text;
using System.Text.Json.Nodes;
using Parley.Domain.Messages;
using Parley.Domain.Observations;
using Parley.Ports;

namespace Parley.Gateways.Evolution.Tests;

/// <summary>Bodies written by hand, and what they say.</summary>
internal static class Bodies
{
    private static readonly EvolutionWebhookReader Reader = new();

    public static byte[] Of(string @event, string data, string more = "") => Encoding.UTF8.GetBytes(
        $$"""{"event":"{{@event}}","instance":"shop-1","data":{{data}},"date_time":"2026-11-22T11:07:59.546Z","sender":"4915550100231@s.whatsapp.net"{{more}}}""");

    /// <summary>The body of a Cloud API instance, which never tells its own number.</summary>
    public static byte[] OfCloud(string @event, string data) => Encoding.UTF8.GetBytes(
        $$"""{"event":"{{@event}}","instance":"shop-1","data":{{data}},"date_time":"2026-11-22T11:07:59.546Z"}""");

    public static WebhookReading Read(string @event, string data) => Reader.Read(Of(@event, data), Described.ReceivedAt);

    public static List<string> Lines(string @event, string data) => Described.Lines(Read(@event, data)).ToList();

    /// <summary>A message of a contact with this content and these other members.</summary>
    public static string Message(string content, string more = "", string key = Direct) =>
        $$"""{"key":{{key}},"message":{{content}},"messageTimestamp":1795345679{{more}}}""";

    public const string Direct = """{"remoteJid":"5511987650001@s.whatsapp.net","fromMe":false,"id":"3A01"}""";

    public static MessageObserved Observed(string content, string more = "", string key = Direct) =>
        Assert.Single(Read("messages.upsert", Message(content, more, key)).Items.Select(item => item.Observation).OfType<MessageObserved>());

    public static TChange Change<TChange>(string @event, string data)
        where TChange : MessageChange =>
        Assert.IsType<TChange>(Assert.IsType<ChangeObserved>(
            Assert.Single(Read(@event, data).Items, item => item.Observation is not PairObserved).Observation).Change);

    public static string Json(string text) => JsonValue.Create(text)!.ToJsonString();
}
