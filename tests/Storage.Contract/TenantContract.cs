using System.Security.Cryptography;
using System.Text;
using Parley.Ports;

namespace Parley.Storage.Contract;

/// <summary>Tenants and their credentials.</summary>
public abstract class TenantContract(IStoreFixture fixture) : StoreTests(fixture)
{
    [Fact]
    public async Task A_tenant_is_created_once_with_its_credentials()
    {
        Assert.True(await Create("acme"));
        Assert.False(await Store.Tenants.Create(
            new Tenant("acme", "Other", Now), Key("acme", "x1"), WebhookToken("acme", "x2"), Token));

        var details = await Store.Tenants.ReadTenant("acme", Token);
        Assert.Equal(new Tenant("acme", "Name of acme", Now), details!.Tenant);
        Assert.Equal(2, details.Credentials.Count);
        var found = await Store.Tenants.FindCredential(CredentialKind.ApiKey, Hash("acme-key"), Token);
        Assert.Equal(("acme", "acme-key", "-key", Now), (found!.TenantId, found.CredentialId, found.Hint, found.CreatedAt));
        Assert.Equal(Hash("acme-key"), found.Sha256);
        Assert.Null(await Store.Tenants.FindCredential(CredentialKind.ApiKey, Hash("x1"), Token));
        Assert.Null(await Store.Tenants.FindCredential(CredentialKind.WebhookToken, Hash("acme-key"), Token));
    }

    [Fact]
    public async Task Of_many_who_create_one_tenant_one_succeeds()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Store.Tenants.Create(
            new Tenant("acme", $"{i}", Now), Key("acme", $"k{i}"), WebhookToken("acme", $"t{i}"), Token)));
        Assert.Single(results, created => created);
    }

    [Fact]
    public async Task A_deleted_tenant_is_gone_and_its_id_is_not_given_again()
    {
        await Create("acme");
        Assert.True(await Store.Tenants.DeleteTenant("acme", Now, Token));
        Assert.False(await Store.Tenants.DeleteTenant("acme", Now, Token));
        Assert.False(await Store.Tenants.DeleteTenant("none", Now, Token));

        Assert.Null(await Store.Tenants.FindCredential(CredentialKind.ApiKey, Hash("acme-key"), Token));
        Assert.Null(await Store.Tenants.ReadTenant("acme", Token));
        Assert.Empty((await Store.Tenants.ListTenants(new PageRequest(5), Token)).Rows);
        Assert.False(await Create("acme"));
        Assert.False(await Store.Tenants.AddCredential(Key("acme", "more"), 5, Token));
    }

    [Fact]
    public async Task Credentials_are_added_up_to_a_number_and_taken_away()
    {
        await Create("acme");
        Assert.True(await Store.Tenants.AddCredential(Key("acme", "k2"), 2, Token));
        Assert.False(await Store.Tenants.AddCredential(Key("acme", "k3"), 2, Token));
        Assert.True(await Store.Tenants.AddCredential(WebhookToken("acme", "t2"), 2, Token));
        Assert.False(await Store.Tenants.AddCredential(Key("none", "k"), 2, Token));

        Assert.True(await Store.Tenants.DeleteCredential("acme", CredentialKind.ApiKey, "acme-key", Token));
        Assert.False(await Store.Tenants.DeleteCredential("acme", CredentialKind.ApiKey, "acme-key", Token));
        Assert.False(await Store.Tenants.DeleteCredential("globex", CredentialKind.ApiKey, "k2", Token));
        Assert.Null(await Store.Tenants.FindCredential(CredentialKind.ApiKey, Hash("acme-key"), Token));
        Assert.NotNull(await Store.Tenants.FindCredential(CredentialKind.ApiKey, Hash("k2"), Token));
        Assert.True(await Store.Tenants.AddCredential(Key("acme", "k3"), 2, Token));
    }

    [Fact]
    public async Task A_token_of_a_session_is_found_but_neither_listed_nor_counted()
    {
        await Create("acme");
        var token = SessionToken("acme", "shop-1", "s1");
        Assert.True(await Store.Tenants.AddCredential(token, 0, Token));

        Same.Value(token, await Store.Tenants.FindCredential(CredentialKind.WebhookToken, Hash("s1"), Token));
        Assert.Equal(
            ["acme-key", "acme-token"],
            (await Store.Tenants.ReadTenant("acme", Token))!.Credentials.Select(credential => credential.CredentialId));
        Assert.True(await Store.Tenants.AddCredential(WebhookToken("acme", "t2"), 2, Token));
        Assert.False(await Store.Tenants.AddCredential(WebhookToken("acme", "t3"), 2, Token));
        Assert.False(await Store.Tenants.AddCredential(SessionToken("none", "shop-1", "s2"), 5, Token));

        await Store.Tenants.DeleteTenant("acme", Now, Token);
        Assert.Null(await Store.Tenants.FindCredential(CredentialKind.WebhookToken, Hash("s1"), Token));
    }

    [Fact]
    public async Task A_token_of_a_session_takes_the_place_of_the_one_before()
    {
        await Create("acme");
        var tokens = Enumerable.Range(0, 6).Select(i => SessionToken("acme", "shop-1", $"s{i}")).ToList();
        var added = await Task.WhenAll(tokens.Select(token => Store.Tenants.AddCredential(token, 5, Token)));
        Assert.All(added, Assert.True);
        Assert.True(await Store.Tenants.AddCredential(SessionToken("acme", "shop-2", "other"), 5, Token));
        var last = SessionToken("acme", "shop-1", "last") with { HeaderSha256 = null };
        Assert.True(await Store.Tenants.AddCredential(last, 5, Token));

        foreach (var token in tokens)
        {
            Assert.Null(await Store.Tenants.FindCredential(CredentialKind.WebhookToken, token.Sha256, Token));
        }

        Same.Value(last, await Store.Tenants.FindCredential(CredentialKind.WebhookToken, Hash("last"), Token));
        Assert.Equal("shop-2", (await Store.Tenants.FindCredential(CredentialKind.WebhookToken, Hash("other"), Token))!.SessionId);
        Assert.True(await Store.Tenants.DeleteCredential("acme", CredentialKind.WebhookToken, "session-shop-1", Token));
        Assert.Null(await Store.Tenants.FindCredential(CredentialKind.WebhookToken, Hash("last"), Token));
    }

    [Fact]
    public async Task A_token_of_a_session_never_takes_the_place_of_the_tenants_own()
    {
        await Create("acme");
        Assert.False(await Store.Tenants.AddCredential(
            SessionToken("acme", "shop-1", "s1") with { CredentialId = "acme-token" }, 5, Token));

        Assert.Null((await Store.Tenants.FindCredential(CredentialKind.WebhookToken, Hash("acme-token"), Token))!.SessionId);
        Assert.Null(await Store.Tenants.FindCredential(CredentialKind.WebhookToken, Hash("s1"), Token));
    }

    [Fact]
    public async Task A_key_keeps_its_scopes()
    {
        await Create("acme");
        var reader = Key("acme", "reader") with { Scopes = KeyScopes.Read };
        var none = Key("acme", "nothing") with { Scopes = KeyScopes.None };
        Assert.True(await Store.Tenants.AddCredential(reader, 5, Token));
        Assert.True(await Store.Tenants.AddCredential(none, 5, Token));

        Same.Value(reader, await Store.Tenants.FindCredential(CredentialKind.ApiKey, Hash("reader"), Token));
        Same.Value(none, await Store.Tenants.FindCredential(CredentialKind.ApiKey, Hash("nothing"), Token));
        Assert.Equal(
            [KeyScopes.All, KeyScopes.None, KeyScopes.Read, KeyScopes.All],
            (await Store.Tenants.ReadTenant("acme", Token))!.Credentials.Select(credential => credential.Scopes));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(50)]
    public async Task Tenants_are_listed_in_the_order_of_their_ids(int limit)
    {
        foreach (var id in new[] { "b", "a", "d", "c", "e" })
        {
            await Create(id);
        }

        await Store.Tenants.DeleteTenant("d", Now, Token);
        Task<Page<Tenant>> List(PageRequest page) => Store.Tenants.ListTenants(page, Token);
        Assert.Equal(["a", "b", "c", "e"], (await Pages.Forwards(List, limit)).Select(tenant => tenant.TenantId));
        Assert.Equal(["a", "b", "c", "e"], (await Pages.Backwards(List, limit)).Select(tenant => tenant.TenantId));
    }

    private Task<bool> Create(string id) => Store.Tenants.Create(
        new Tenant(id, $"Name of {id}", Now), Key(id, $"{id}-key"), WebhookToken(id, $"{id}-token"), Token);

    private Credential Key(string tenantId, string secret) => NewCredential(tenantId, secret, CredentialKind.ApiKey);

    private Credential WebhookToken(string tenantId, string secret) => NewCredential(tenantId, secret, CredentialKind.WebhookToken);

    private Credential SessionToken(string tenantId, string sessionId, string secret) => WebhookToken(tenantId, secret) with
    {
        CredentialId = $"session-{sessionId}",
        SessionId = sessionId,
        HeaderSha256 = Hash($"header of {secret}"),
    };

    private Credential NewCredential(string tenantId, string secret, CredentialKind kind) =>
        new(secret, tenantId, kind, Hash(secret), secret.Length > 4 ? secret[^4..] : secret, Now);

    private static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
