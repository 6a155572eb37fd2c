using System.Reflection;
using Parley.Grains.Abstractions;

namespace Parley.Grains.Tests;

/// <summary>Every method of every contract, found by reflection: a new one is held without a new test.</summary>
public sealed class TenantFilterTests(Cluster cluster) : ClusterTests(cluster)
{
    public static TheoryData<Type> Contracts => [.. Interfaces];

    public static TheoryData<string> TenantMethods => Methods<TenantGrainAttribute>();

    public static TheoryData<string> SystemMethods => Methods<SystemGrainAttribute>();

    private static IEnumerable<Type> Interfaces =>
        typeof(IConversationGrain).Assembly.GetTypes().Where(static t => t.IsInterface && t.IsAssignableTo(typeof(IAddressable)));

    /// <summary>The publisher's class is in a room that this cluster does not have; its mark is held like every other.</summary>
    private static IEnumerable<MethodInfo> Callable => Interfaces.Where(static t => t != typeof(IKafkaPublisherGrain)).SelectMany(static t => t.GetMethods());

    [Theory]
    [MemberData(nameof(Contracts))]
    public void every_contract_is_marked_as_a_tenants_or_the_systems(Type contract) => Assert.True(
        contract.IsDefined(typeof(TenantGrainAttribute)) != contract.IsDefined(typeof(SystemGrainAttribute)),
        $"{contract.Name} needs exactly one of [TenantGrain] and [SystemGrain].");

    [Theory]
    [MemberData(nameof(Contracts))]
    public void contracts_inherit_from_no_other_contract(Type contract) =>
        Assert.DoesNotContain(contract.GetInterfaces(), static i => i.Assembly == typeof(IConversationGrain).Assembly);

    [Theory]
    [MemberData(nameof(TenantMethods))]
    public async Task a_tenants_grain_refuses_every_other_tenant(string method)
    {
        foreach (var other in (string[])["other", Tenant + "x", Tenant[..^1], Tenant.ToUpperInvariant(), "", $"{Tenant}/x"])
        {
            TenantContext.Set(other);
            await AssertRefused(method, $"{Tenant}/x");
        }
    }

    [Theory]
    [MemberData(nameof(TenantMethods))]
    public async Task a_tenants_grain_refuses_a_call_in_nobodys_name(string method)
    {
        TenantContext.Clear();
        await AssertRefused(method, $"{Tenant}/x");
        await AssertRefused(method, Tenant);
    }

    [Theory]
    [MemberData(nameof(SystemMethods))]
    public async Task a_system_grain_refuses_a_call_in_a_tenants_name(string method) => await AssertRefused(method, "sweep");

    [Fact]
    public async Task the_tenant_itself_and_the_system_itself_get_through()
    {
        await Cluster.Orleans.Client.GetGrain<IConversationGrain>($"{Tenant}/x").MarkRead(null);
        await Cluster.Orleans.Client.GetGrain<ITenantWorkerGrain>(Tenant).Run();
        TenantContext.Clear();
        await Cluster.Orleans.Client.GetGrain<ISweepGrain>("sweep").Run();
    }

    private static TheoryData<string> Methods<TMark>()
        where TMark : Attribute => [.. Callable.Where(static m => m.DeclaringType!.IsDefined(typeof(TMark))).Select(static m => $"{m.DeclaringType!.Name}.{m.Name}")];

    private async Task AssertRefused(string name, string key)
    {
        var method = Callable.Single(m => $"{m.DeclaringType!.Name}.{m.Name}" == name);
        foreach (var factory in (IGrainFactory[])[Cluster.Orleans.Client, .. Cluster.Factories])
        {
            var grain = factory.GetGrain(method.DeclaringType!, key);
            var arguments = method.GetParameters().Select(static p => Default(p.ParameterType)).ToArray();
            await Assert.ThrowsAsync<TenantMismatchException>(() => (Task)method.Invoke(grain, BindingFlags.Default, null, arguments, null)!);
        }
    }

    private static object? Default(Type type) => type.IsValueType ? Activator.CreateInstance(type) : null;
}
