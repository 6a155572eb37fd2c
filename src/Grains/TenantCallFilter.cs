using System.Collections.Concurrent;
using System.Reflection;
using Parley.Grains.Abstractions;

namespace Parley.Grains;

/// <summary>Lets a call through only in the name of the tenant to whom the grain belongs (promise 5). Fails closed.</summary>
public sealed class TenantCallFilter : IIncomingGrainCallFilter
{
    private static readonly Assembly Contracts = typeof(IConversationGrain).Assembly;
    private static readonly ConcurrentDictionary<Type, Scope> Scopes = new();

    private enum Scope
    {
        Foreign,
        Tenant,
        System,
        Unmarked,
    }

    public Task Invoke(IIncomingGrainCallContext context)
    {
        var type = context.InterfaceMethod?.DeclaringType ?? throw new TenantMismatchException("A call without an interface.");
        var allowed = Scopes.GetOrAdd(type, ScopeOf) switch
        {
            Scope.Foreign => true,
            Scope.Tenant => TenantContext.TenantId is { } tenant && tenant == GrainKey.Parse(context.TargetId.Key.ToString()!).TenantId,
            Scope.System => TenantContext.TenantId is null,
            _ => false,
        };
        return allowed ? context.Invoke() : throw new TenantMismatchException($"{type.Name} does not serve this caller.");
    }

    private static Scope ScopeOf(Type type) =>
        type.Assembly != Contracts ? Scope.Foreign
        : type.IsDefined(typeof(TenantGrainAttribute)) ? Scope.Tenant
        : type.IsDefined(typeof(SystemGrainAttribute)) ? Scope.System
        : Scope.Unmarked;
}
