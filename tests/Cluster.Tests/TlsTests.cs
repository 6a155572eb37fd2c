namespace Parley.Cluster.Tests;

/// <summary>Mutual TLS on the silos' ports.</summary>
public sealed class TlsTests
{
    private const string Peer = "5511987650002";

    [Fact]
    public async Task nodes_with_certificates_of_one_authority_form_a_cluster_and_a_stranger_stays_outside()
    {
        using var ours = new Authority();
        using var theirs = new Authority();
        await using var cluster = await TestCluster.New();
        await cluster.Start("silo", ours.Arguments());
        await cluster.Start("silo", ours.Arguments());
        var api = await cluster.Start("api", ours.Arguments());
        var tenant = await api.NewTenant();

        // Enough conversations that both silos own some.
        await Task.WhenAll(Enumerable.Range(0, 20).Select(n => tenant.Accept(Webhook.Text($"55119876500{10 + n}", "hello"))));

        // They know the database and the cluster's name, and have a certificate: of an authority that nobody here knows.
        var stranger = cluster.Launch("api", theirs.Arguments());
        var plain = cluster.Launch("api");
        await Poll.Until(() => Task.FromResult(stranger.HasExited || stranger.Output.Contains("Authentication", StringComparison.Ordinal)), "The stranger is refused");
        await tenant.Accept(Webhook.Text(Peer, "still here"));
        Assert.DoesNotContain("Parley is ready", stranger.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Parley is ready", plain.Output, StringComparison.Ordinal);
    }

    /// <summary>Everything is replaced, so that nobody who shows or believes what was before would be let in.</summary>
    [Fact]
    public async Task files_that_are_renewed_while_a_node_runs_count_from_its_next_connection_on()
    {
        using var before = new Authority();
        using var after = new Authority();
        await using var cluster = await TestCluster.New();
        var (files, renewed) = (before.Arguments(), after.Arguments());
        await cluster.Start("silo", files);
        for (var i = 1; i < files.Length; i += 2)
        {
            File.Copy(renewed[i], files[i], overwrite: true);
        }

        var api = await cluster.Start("api", after.Arguments());
        var tenant = await api.NewTenant();
        await tenant.Accept(Webhook.Text(Peer, "let in"));
    }
}
