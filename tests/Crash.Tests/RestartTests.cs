using System.Text.Json.Nodes;

namespace Parley.Crash.Tests;

public sealed class RestartTests
{
    private const string Peer = "5511987650002";

    [Fact]
    public async Task A_kill_and_a_restart_keep_sessions_conversations_quarantine_keys_tokens_and_media()
    {
        using var directory = new TemporaryDirectory();
        TestTenant tenant;
        string second, removed, token, before;
        await using (var first = await ParleyProcess.Start(directory.Path))
        {
            tenant = await first.NewTenant();
            using var admin = first.Admin();
            var key = (await admin.Post($"/admin/tenants/{tenant.Id}/keys")).Expect(201);
            second = key.Text("apiKey");
            (await admin.Delete($"/admin/tenants/{tenant.Id}/keys/{key.Text("keyId")}")).Expect(204);
            removed = second;
            second = (await admin.Post($"/admin/tenants/{tenant.Id}/keys")).Expect(201).Text("apiKey");
            token = (await admin.Post($"/admin/tenants/{tenant.Id}/webhook-tokens")).Expect(201).Text("webhookToken");

            await tenant.Accept(Webhook.Envelope("connection.update", new JsonObject { ["state"] = "open", ["statusReason"] = 200, ["wuid"] = Webhook.Jid(Webhook.Line) }));
            await tenant.Accept(Webhook.Text(Peer, "kept"));
            await tenant.Accept(Webhook.Text(Peer, "regretted", "3EB0AAAA"));
            await tenant.Accept(Webhook.Revoke(Peer, "3EB0AAAA"));
            await tenant.Accept(Webhook.Reaction(Peer, "3EB0BBBB", "👍", targetFromMe: true));
            await tenant.Accept(Webhook.Media(Peer, "imageMessage", "image/png", [1, 2, 3]));
            await tenant.Accept(Webhook.Message(Peer, "unknown", []));
            (await tenant.Client.Post($"/conversations/{Webhook.Line}/{Peer}/read", new JsonObject { ["sequence"] = 1 })).Expect(200);
            before = await Picture(tenant.Client);
            await first.Kill();
        }

        await using var again = await ParleyProcess.Start(directory.Path);
        foreach (var key in (string[])[tenant.ApiKey, second])
        {
            using var client = again.With(key);
            Assert.Equal(before, await Picture(client));
        }

        using var nobody = again.With(removed);
        (await nobody.Get("/messages")).Expect(401);
        using var owner = again.With(tenant.ApiKey);
        await (tenant with { Client = owner, WebhookToken = token }).Accept(Webhook.Text(Peer, "by the second token"));

        // What was parked before the kill finds its message after it.
        await (tenant with { Client = owner }).Accept(Webhook.Text(Peer, "reacted to", "3EB0BBBB", fromMe: true));
        var late = (await owner.Get("/messages?externalId=3EB0BBBB")).Data.Single()!;
        Assert.Equal("👍", late["reactions"]!.AsArray().Single()!["emoji"]!.GetValue<string>());
    }

    private static async Task<string> Picture(ParleyClient client)
    {
        var image = (await client.Get("/messages?type=image")).Expect(200).Data.Single()!["id"];
        var quarantine = (await client.Get("/quarantine")).Expect(200);
        return string.Join(
            '\n',
            (await client.Get("/sessions")).Expect(200).Body,
            (await client.Get($"/sessions/{Webhook.Instance}/transitions")).Expect(200).Body,
            (await client.Get("/messages")).Expect(200).Body,
            (await client.Get("/conversations")).Expect(200).Body,
            quarantine.Body,
            (await client.Get($"/quarantine/{quarantine.Data.Single()!["id"]}")).Expect(200).Body,
            Convert.ToHexString((await client.Get($"/messages/{image}/media")).Expect(200).Bytes));
    }
}
