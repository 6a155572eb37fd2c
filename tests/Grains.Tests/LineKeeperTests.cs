using Parley.Domain.Sessions;
using Parley.Grains.Abstractions;
using Parley.Ingest;
using Parley.Ports;
using Parley.Ports.Gateways;

namespace Parley.Grains.Tests;

public sealed class LineKeeperTests(Cluster cluster) : ClusterTests(cluster)
{
    private const string Url = "https://parley.example/webhooks/evolution/token";
    private readonly string _instance = InstanceNames.New();

    private Lines Lines => Cluster.Lines;

    [Fact]
    public async Task a_new_session_gets_its_instance_with_its_webhook()
    {
        await Create();
        await Keep();

        var webhook = Lines.Webhook(_instance)!;
        Assert.Equal((Url, "secret"), (webhook.Url, webhook.Headers[SessionSecrets.SecretHeader]));
        Assert.True(webhook.IsOwn);
        var session = await Session();
        Assert.Equal((SessionStatus.Connecting, null, true), (session.Status, session.Task, session.IsMade));
    }

    /// <summary>It died between the gateway's doing and its report, or the answer was lost: to the next try that is the same.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task a_keeper_that_died_after_the_create_is_followed_by_one_that_finds_it(bool answerWasLost)
    {
        if (answerWasLost)
        {
            Lines.Fail("create", _instance, GatewayFault.Unknown, done: true);
        }
        else
        {
            Lines.Add(_instance, "https://elsewhere.example", SessionStatus.Close);
        }

        await Create();
        await Until(static s => s.Task is null);

        Assert.Equal(Url, Lines.Webhook(_instance)!.Url);
        Assert.Equal(answerWasLost ? 2 : 1, Lines.Asked("create", _instance));

        // What a gateway ignores at a creation is mended, whichever try made it.
        Assert.Equal(1, Lines.Asked("complete", _instance));
        Assert.Equal(1, Lines.Asked("connect", _instance));
    }

    [Fact]
    public async Task keepers_that_all_silos_wake_at_once_do_a_task_once()
    {
        await Create();
        await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Keeper(i).Run()));
        await Until(static s => s.Task is null);

        Assert.Equal(1, Lines.Asked("create", _instance));
    }

    [Fact]
    public async Task what_the_gateway_did_not_report_is_found_by_looking()
    {
        await Create();
        await Keep();
        Lines.Set(_instance, SessionStatus.Open);
        await Keep();

        var session = await Session();
        Assert.Equal((SessionStatus.Open, "polled"), (session.Status, session.StatusReason));
    }

    /// <summary>A gateway that cannot reach WhatsApp tells several times a second that it tries, and each change wakes the keeper.</summary>
    [Fact]
    public async Task a_line_that_comes_and_goes_is_not_asked_after_each_time()
    {
        await Create();
        await Keep();
        for (var i = 0; i < 10; i++)
        {
            Lines.Set(_instance, i % 2 == 0 ? SessionStatus.Close : SessionStatus.Connecting);
            await Keep();
        }

        Assert.Equal(1, Lines.Asked("state", _instance));
    }

    /// <summary>Whoever woke it may not have waited for the end of a look at a slow gateway, and wakes it again soon.</summary>
    [Fact]
    public async Task a_gateway_that_does_not_answer_is_not_asked_again_before_its_time()
    {
        await Create();
        await Keep();
        Lines.Fail("state", _instance, GatewayFault.Unreachable);
        await Keep();
        Assert.Equal(1, Lines.Asked("state", _instance));

        // As the look ended, and not as if it had never been made.
        var left = await Keeper(0).Run();
        Assert.Equal(1, Lines.Asked("state", _instance));
        Assert.InRange(left!.Value, TimeSpan.FromSeconds(1), Cluster.Get<KeeperOptions>().ShortestLook);
    }

    [Fact]
    public async Task a_key_that_is_refused_needs_a_person_until_it_is_taken()
    {
        Lines.Fail("create", _instance, GatewayFault.Unauthorized);
        await Create();
        await Keep();
        Assert.Equal(Attention.GatewayUnauthorized, (await Session()).NeedsAttention);

        await Until(static s => s.Task is null);
        Assert.Null((await Session()).NeedsAttention);
    }

    [Fact]
    public async Task a_detached_line_gets_back_what_it_had_unless_somebody_changed_it_meanwhile()
    {
        await Adopt("https://former.example");
        Assert.Equal(Url, Lines.Webhook(_instance)!.Url);
        await Grain.Command(new SessionCommand { Kind = SessionCommandKind.Detach });
        await Keep();
        Assert.Equal("https://former.example", Lines.Webhook(_instance)!.Url);

        Assert.Equal(SessionOutcome.Done, (await Grain.Adopt(Plan("https://former.example"))).Outcome);
        await Keep();
        Lines.Add(_instance, "https://third.example", SessionStatus.Open);
        await Grain.Command(new SessionCommand { Kind = SessionCommandKind.Detach });
        await Keep();
        Assert.Equal("https://third.example", Lines.Webhook(_instance)!.Url);
        Assert.Null(await Keeper(0).Run());
    }

    [Fact]
    public async Task a_deleted_session_ends_its_instance_and_its_token()
    {
        var hash = new byte[32];
        Random.Shared.NextBytes(hash);
        var tenants = Cluster.Get<ITenantStore>();
        Credential Made(CredentialKind kind, byte[] sha256) => new(Guid.NewGuid().ToString("N"), Tenant, kind, sha256, "hint", Chat.Start);
        byte[] Other() => [.. Guid.NewGuid().ToByteArray(), .. Guid.NewGuid().ToByteArray()];
        await tenants.Create(
            new Tenant(Tenant, Tenant, Chat.Start), Made(CredentialKind.ApiKey, Other()), Made(CredentialKind.WebhookToken, Other()), Stop);
        Assert.True(await tenants.AddCredential(
            Made(CredentialKind.WebhookToken, hash) with { CredentialId = "token-1", SessionId = "shop" }, 2, Stop));
        await Create();
        await Keep();
        await Grain.Command(new SessionCommand { Kind = SessionCommandKind.Delete });
        await Keep();

        Assert.Null(Lines.Webhook(_instance));
        Assert.Null(await tenants.FindCredential(CredentialKind.WebhookToken, hash, Stop));
    }

    private ISessionGrain Grain => Cluster.Factories[0].GetGrain<ISessionGrain>(GrainKey.Of(Tenant, "shop"));

    private ILineKeeperGrain Keeper(int silo) => Cluster.Factories[silo % 3].GetGrain<ILineKeeperGrain>(GrainKey.Of(Tenant, "shop"));

    private SessionPlan Plan(string? former) => new()
    {
        GatewayId = "lines",
        InstanceName = _instance,
        Status = former is null ? null : SessionStatus.Open,
        Secrets = Cluster.Get<SessionVault>().Protect(new SessionSecrets(
            Url,
            "secret",
            "instance-token",
            former is null ? null : new InstanceWebhook(former, ["MESSAGES_UPSERT"], System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty))),
        TokenId = "token-1",
        TokenHint = "hint",
    };

    private async Task Create()
    {
        await AddGateway();
        Assert.Equal(SessionOutcome.Done, (await Grain.Create(Plan(null))).Outcome);
    }

    private async Task Adopt(string former)
    {
        await AddGateway();
        Lines.Add(_instance, former, SessionStatus.Open);
        Assert.Equal(SessionOutcome.Done, (await Grain.Adopt(Plan(former))).Outcome);
        await Keep();
    }

    private Task AddGateway() => Cluster.Get<IGatewayStore>().CreateGateway(
        new Gateway("lines", "lines", "http://lines.invalid", Cluster.Get<Gateways>().Protect("key"), new byte[32], "hint", Chat.Start, Chat.Start), Stop);

    private Task Keep() => Keeper(0).Run();

    private async Task Until(Func<Session, bool> condition)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        patience.CancelAfter(TimeSpan.FromSeconds(20));
        while (!condition(await Session()))
        {
            await Keep();
            await Task.Delay(50, patience.Token);
        }
    }

    private async Task<Session> Session() => (await Cluster.Get<ISessionStore>().ReadSession(Tenant, "shop", Stop))!;
}
