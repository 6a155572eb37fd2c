using System.Globalization;
using System.Text;

namespace Parley.Bench.Load;

/// <summary>Prepared webhooks: a text of a person to a line, about 1 kB, as version 2.3 of the gateway posts them.</summary>
internal static class Webhooks
{
    public const string Line = "4915550100250";

    /// <summary>The number of the n-th person.</summary>
    public static string Person(int n) => (491700000000 + n).ToString(CultureInfo.InvariantCulture);

    public static byte[] Request(string host, string path, string id, int person, long timestamp)
    {
        var phone = Person(person);
        var body = $$$"""
            {"event":"messages.upsert","instance":"bench","data":{"key":{"remoteJid":"{{{phone}}}@s.whatsapp.net","remoteJidAlt":"{{{100000000000000L + person}}}@lid","fromMe":false,"id":"{{{id}}}","participant":"","addressingMode":"pn"},"pushName":"Person {{{person}}}","status":"DELIVERY_ACK","message":{"conversation":"A message of common length: shall we meet at eight, or is nine better for you?","messageContextInfo":{"threadId":[],"deviceListMetadata":{"senderKeyIndexes":[],"recipientKeyIndexes":[],"senderKeyHash":{"0":3,"1":10,"2":17,"3":24,"4":31,"5":38,"6":45,"7":52,"8":59,"9":66},"senderTimestamp":{"low":1763800000,"high":0,"unsigned":true}},"deviceListMetadataVersion":2}},"contextInfo":null,"messageType":"conversation","messageTimestamp":{{{timestamp}}},"instanceId":"7cffa2cb-0ed7-4793-8dea-5bd26da62358","source":"ios"},"destination":"http://parley.example/webhooks/evolution/token","date_time":"2026-11-22T11:08:43.713Z","sender":"{{{Line}}}@s.whatsapp.net","server_url":"http://gateway.example:8080","apikey":null}
            """;
        return Post(host, path, body);
    }

    public static byte[] Post(string host, string path, string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var head = $"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {bytes.Length}\r\n\r\n";
        return [.. Encoding.ASCII.GetBytes(head), .. bytes];
    }
}
