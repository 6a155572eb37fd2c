using System.Collections.Immutable;
using Parley.Domain.Addresses;
using Parley.Domain.Messages;
using Parley.Ports.Gateways;

namespace Parley.Gateways.Evolution.Tests.Rest;

/// <summary>What a refusal means: all lines of the gateway notes' table of errors (section 1), on a send.</summary>
public sealed class FaultTests(ScriptedGateway gateway) : IClassFixture<ScriptedGateway>
{
    private static readonly OutgoingMessage Hello = new()
    {
        To = Address.Parse("5511987650001"),
        Content = new() { Type = MessageType.Text, Text = "hello" },
    };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<int, string, GatewayFault> Answers => new()
    {
        { 401, """{"status":401,"error":"Unauthorized","response":{"message":"Unauthorized"}}""", GatewayFault.Unauthorized },
        { 403, """{"status":403,"error":"Forbidden","response":{"message":["Missing global api key","The global api key must be set"]}}""", GatewayFault.Unauthorized },
        { 404, """{"status":404,"error":"Not Found","response":{"message":["The \"x\" instance does not exist"]}}""", GatewayFault.InstanceMissing },
        { 404, """{"status":404,"error":"Not Found","response":{"message":["Instance \"x\" not found"]}}""", GatewayFault.InstanceMissing },
        { 404, """{"status":404,"error":"Not Found","response":{"message":["Cannot POST /message/sendText/x"]}}""", GatewayFault.Unsupported },
        { 404, "<html>nothing here</html>", GatewayFault.Unknown },
        { 403, """{"status":403,"error":"Forbidden","response":{"message":["This name \"x\" is already in use."]}}""", GatewayFault.NameTaken },
        { 400, """{"status":400,"error":"Bad Request","response":{"message":[["instance requires property \"text\""]]}}""", GatewayFault.Refused },
        { 400, """{"status":400,"error":"Bad Request","message":[["numbers does not meet minimum length of 1"]]}""", GatewayFault.Refused },
        { 400, """{"status":400,"error":"Internal Server Error","response":{"message":"Expected property name or '}' in JSON at position 1"}}""", GatewayFault.Refused },
        { 400, """{"status":400,"error":"Bad Request","response":{"message":[{"jid":"5511987650001@s.whatsapp.net","exists":false,"number":"5511987650001"}]}}""", GatewayFault.NotOnWhatsApp },
        { 400, """{"status":400,"error":"Bad Request","response":{"message":["Error: Connection Closed"]}}""", GatewayFault.Unknown },
        { 400, """{"status":400,"error":"Bad Request","response":{"message":["Error: Timed Out"]}}""", GatewayFault.Unknown },
        { 400, """{"status":400,"error":"Bad Request","response":{"message":["[object Object]"]}}""", GatewayFault.Unknown },
        { 400, """{"status":400,"error":"Bad Request","response":{"message":["Error: Internal Server Error"]}}""", GatewayFault.Unknown },
        { 400, """{"status":400,"error":"Bad Request","response":{"message":["TypeError: Cannot read properties of undefined (reading 'id')"]}}""", GatewayFault.Unknown },
        { 400, "{}", GatewayFault.Unknown },
        { 400, "", GatewayFault.Unknown },
        { 500, """{"status":500,"error":"Internal Server Error","response":{"message":"Connection Closed"}}""", GatewayFault.Unknown },
        { 500, """{"status":500,"error":"Internal Server Error","response":{"message":"Cannot read properties of undefined (reading 'find')"}}""", GatewayFault.Unknown },
        { 500, """{"status":500,"error":"Internal Server Error","response":{"message":["Connection Closed",{"isBoom":true}]}}""", GatewayFault.Unknown },
        { 500, """{"status":500,"error":"Internal Server Error","response":{"message":"Cannot read properties of undefined (reading 'onWhatsApp')"}}""", GatewayFault.NotConnected },
        { 400, """{"status":400,"error":"Bad Request","response":{"message":["TypeError: Cannot read properties of undefined (reading 'sendMessage')"]}}""", GatewayFault.NotConnected },
        { 400, """{"status":400,"error":"Bad Request","response":{"message":["The \"x\" instance is not connected"]}}""", GatewayFault.NotConnected },
        { 400, """{"data":{"stack":"Error\n at promiseTimeout"},"isBoom":true,"output":{"statusCode":408}}""", GatewayFault.Unknown },
        { 201, """{"message":"(#131026) Message undeliverable","type":"OAuthException","code":131026,"fbtrace_id":"A1"}""", GatewayFault.Refused },
        { 400, """{"status":400,"error":"Bad Request","response":{"message":["(#131026) Message undeliverable"]}}""", GatewayFault.Refused },
        { 400, """{"status":400,"error":"Bad Request","response":{"message":["Method not available on WhatsApp Business API"]}}""", GatewayFault.Unsupported },
        { 400, """{"status":400,"error":"Bad Request","message":["Method not available on Evolution Channel"]}""", GatewayFault.Unsupported },
        { 400, """{"error":"remoteJid is a required query parameter"}""", GatewayFault.Unknown },
        { 413, "", GatewayFault.Refused },
        { 429, "slow down", GatewayFault.Busy },
        { 503, "<html>down</html>", GatewayFault.Unknown },
        { 503, "", GatewayFault.Unknown },
        { 503, """{"status":503,"error":"Service Unavailable","response":{"message":["Error: Connection Lost"]}}""", GatewayFault.Unknown },
        { 502, "<html>Bad gateway</html>", GatewayFault.Unknown },
        { 504, "<html>Time-out</html>", GatewayFault.Unknown },
        { 301, "", GatewayFault.Unknown },
        { 201, "", GatewayFault.Unknown },
        { 201, "null", GatewayFault.Unknown },
        { 201, "{}", GatewayFault.Unknown },
        { 201, "[]", GatewayFault.Unknown },
        { 201, """{"key":{"remoteJid":"5511987650001@s.whatsapp.net"}}""", GatewayFault.Unknown },
        { 201, """{"key":{"id":""}}""", GatewayFault.Unknown },
        { 201, """{"key":{"id":"3EB0"}""", GatewayFault.Unknown },
        { 201, "<html>all is well</html>", GatewayFault.Unknown },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task A_refused_send_says_what_is_known(int status, string body, GatewayFault fault)
    {
        gateway.Anew().Says(status, body);

        var thrown = await Assert.ThrowsAsync<GatewayException>(Send);

        Assert.Equal(fault, thrown.Fault);
        Assert.Equal(fault == GatewayFault.Unknown, thrown.MayHaveHappened);
        Assert.Single(gateway.Requests);
        Assert.StartsWith("message/sendText", thrown.Message, StringComparison.Ordinal);
    }

    /// <summary>A 503 without it may come of a gateway that died with the request.</summary>
    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public async Task A_busy_gateway_says_when_to_come_again(int status)
    {
        gateway.Anew();
        gateway.Script = _ => Answer.Json(status, "{}") with { Headers = new Dictionary<string, string> { ["Retry-After"] = "17" } };

        var thrown = await Assert.ThrowsAsync<GatewayException>(Send);

        Assert.Equal((GatewayFault.Busy, TimeSpan.FromSeconds(17)), (thrown.Fault, thrown.RetryAfter));
    }

    [Fact]
    public async Task The_gateways_words_are_kept_short_and_flat()
    {
        gateway.Anew().Says(500, """{"response":{"message":["first",{"a":{"b":"second"}},["third"],"DOTS"]}}""".Replace("DOTS", new('.', 900), StringComparison.Ordinal));

        var message = (await Assert.ThrowsAsync<GatewayException>(Send)).Message;

        Assert.StartsWith("message/sendText: 500: first; second; third; ...", message, StringComparison.Ordinal);
        Assert.InRange(message.Length, 300, 340);
        Assert.DoesNotContain('\n', message);
    }

    [Theory]
    [InlineData("""{"response":{"message":["key KEY-5f2b9c is bad"]}}""")]
    [InlineData("""{"response":{"message":["key key-5F2B9C is bad"]}}""")]
    [InlineData("""{"response":{"message":[{"apikey":"SECRET-1","hash":{"apikey":"SECRET-2"},"token":"SECRET-3","base64":"SECRET-4","code":"SECRET-5","pairingCode":"SECRET-6","qrcode":{"code":"SECRET-7"},"text":"bad"}]}}""")]
    [InlineData("""{"response":{"message":["bad QR 2@SECRETSECRETSECRETSECRETSECRETSECRETSECRET,SECRET+SECRET/SECRET=,SECRETSECRET"]}}""")]
    [InlineData("""{"response":{"message":["bad data:image/png;base64,SECRET and 84AD3C2F-SECRET-84AD-3C2F-84AD3C2F84AD"]}}""")]
    public async Task No_secret_is_in_an_errors_text(string body)
    {
        gateway.Anew().Says(500, body);

        var thrown = await Assert.ThrowsAsync<GatewayException>(Send);

        Assert.Contains("bad", thrown.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", thrown.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(ScriptedGateway.Key, thrown.ToString(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task What_a_caller_keeps_secret_is_in_no_errors_text()
    {
        gateway.Anew().Says(400, """{"response":{"message":["no: T-1, http://p/hook/S-2, S-3"]}}""");
        var webhook = new InstanceWebhook("http://p/hook/S-2", ["MESSAGES_UPSERT"], ImmutableSortedDictionary<string, string>.Empty.Add("x", "S-3"));

        var thrown = await Assert.ThrowsAsync<GatewayException>(() => gateway.Client.Create(gateway.Access, new("shop-1", "T-1", webhook), Stop));

        Assert.Equal("instance/create: 400: no: (left out), (left out), (left out)", thrown.Message);
    }

    [Theory]
    [InlineData("1234567")]
    [InlineData("session:shop-1")]
    public async Task Nobody_is_asked_to_send_to_what_is_no_number(string to)
    {
        gateway.Anew().Says(201, """{"key":{"id":"3EB0"}}""");

        var thrown = await Assert.ThrowsAsync<GatewayException>(() => gateway.Client.Send(
            gateway.Access, ScriptedGateway.Instance, Hello with { To = Address.Parse(to) }, ScriptedGateway.Soon, TimeSpan.FromSeconds(5), Stop));

        Assert.Equal(GatewayFault.Refused, thrown.Fault);
        Assert.Empty(gateway.Requests);
    }

    private Task<SendAnswer> Send() => gateway.Client.Send(gateway.Access, ScriptedGateway.Instance, Hello, ScriptedGateway.Soon, TimeSpan.FromSeconds(10), Stop);
}
