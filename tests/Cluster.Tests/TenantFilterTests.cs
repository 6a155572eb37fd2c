using System.Reflection;
using Parley.Grains.Abstractions;

namespace Parley.Cluster.Tests;

/// <summary>A client calls every method of every grain in a wrong name. The silo it calls is a process of its own: what travels is what counts.</summary>
public sealed class TenantFilterTests(TenantFilterTests.Client client) : IClassFixture<TenantFilterTests.Client>
{
    private const string Owner = "owner";

    public static TheoryData<string, string> TenantMethods => [.. Methods<TenantGrainAttribute>()];

    public static TheoryData<string, string> SystemMethods => [.. Methods<SystemGrainAttribute>()];

    [Theory]
    [MemberData(nameof(TenantMethods))]
    public async Task a_tenant_s_grain_serves_its_tenant_alone(string grain, string method)
    {
        await client.Reached();
        foreach (var name in (string?[])[null, "another", "own", "owner2", "OWNER", "owner/x", ""])
        {
            await Assert.ThrowsAsync<TenantMismatchException>(() => Call(grain, method, name, $"{Owner}/x"));
        }

        // In the right name it comes through: what it then says of arguments that are missing is another matter.
        var answered = await Record.ExceptionAsync(() => Call(grain, method, Owner, $"{Owner}/x"));
        Assert.IsNotType<TenantMismatchException>(answered);
    }

    [Theory]
    [MemberData(nameof(SystemMethods))]
    public async Task the_system_s_grains_serve_no_tenant(string grain, string method)
    {
        await client.Reached();
        await Assert.ThrowsAsync<TenantMismatchException>(() => Call(grain, method, Owner, "sweep"));
    }

    [Fact]
    public void every_grain_is_one_or_the_other()
    {
        var all = typeof(IConversationGrain).Assembly.GetTypes().Where(static type => type.IsInterface && type.IsAssignableTo(typeof(IGrain))).ToList();

        Assert.NotEmpty(all);
        Assert.All(all, static type => Assert.True(
            type.IsDefined(typeof(TenantGrainAttribute)) ^ type.IsDefined(typeof(SystemGrainAttribute)), $"{type.Name} is not marked."));
    }

    private static IEnumerable<(string, string)> Methods<TMark>() => typeof(IConversationGrain).Assembly.GetTypes()
        .Where(static type => type.IsInterface && type.IsDefined(typeof(TMark)))
        .SelectMany(static type => type.GetMethods().Select(method => (type.FullName!, method.Name)));

    private async Task Call(string grain, string method, string? tenant, string key)
    {
        var type = typeof(IConversationGrain).Assembly.GetType(grain)!;
        var reference = client.Grains.GetGrain(type, key);
        var called = type.GetMethod(method)!;
        TenantContext.Clear();
        if (tenant is not null)
        {
            TenantContext.Set(tenant);
        }

        try
        {
            var arguments = called.GetParameters().Select(static p => p.ParameterType.IsValueType ? Activator.CreateInstance(p.ParameterType) : null);
            await (Task)called.Invoke(reference, [.. arguments])!;
        }
        catch (TargetInvocationException e)
        {
            throw e.InnerException!;
        }
        finally
        {
            TenantContext.Clear();
        }
    }

    /// <summary>A silo as a process and a client of its cluster here.</summary>
    public sealed class Client : IAsyncDisposable
    {
        private readonly SemaphoreSlim _once = new(1);
        private TestCluster? _cluster;
        private ClusterClient? _client;

        public IGrainFactory Grains => _client!.Grains;

        /// <summary>In the test and not before it: only a test can be skipped.</summary>
        public async Task Reached()
        {
            await _once.WaitAsync();
            try
            {
                if (_client is not null)
                {
                    return;
                }

                _cluster = await TestCluster.New();
                await _cluster.Start("silo");
                _client = await ClusterClient.Start(_cluster);
            }
            finally
            {
                _once.Release();
            }
        }

        public async ValueTask DisposeAsync()
        {
            if (_client is not null)
            {
                await _client.DisposeAsync();
            }

            if (_cluster is not null)
            {
                await _cluster.DisposeAsync();
            }

            _once.Dispose();
        }
    }
}
