using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Serialization;
using Orleans.Serialization.Configuration;
using Parley.Domain.Messages;
using Parley.Grains.Abstractions;

namespace Parley.Domain.Tests.Serialization;

/// <summary>All types that travel between silos or are kept as such.</summary>
internal static class Contracts
{
    public static readonly Assembly[] Assemblies = [typeof(Message).Assembly, typeof(IConversationGrain).Assembly];

    public static IEnumerable<Type> Types => In(Assemblies);

    public static IEnumerable<Type> Concrete => Types.Where(static t => !t.IsAbstract);

    /// <summary>A serializer that knows the contracts of these assemblies and no others.</summary>
    public static ServiceProvider ServicesOf(params Assembly[] assemblies)
    {
        var services = new ServiceCollection().AddSerializer(builder => Array.ForEach(assemblies, assembly => builder.AddAssembly(assembly)));

        // By itself it finds all of this process, and the previous contract has the names of today's.
        foreach (var manifest in services.Where(service => IsManifestOfOther(service, assemblies)).ToList())
        {
            services.Remove(manifest);
        }

        return services.BuildServiceProvider();
    }

    public static IEnumerable<Type> In(params Assembly[] assemblies) => assemblies
        .SelectMany(static a => a.GetTypes())
        .Where(static t => t.IsDefined(typeof(GenerateSerializerAttribute), inherit: false))
        .OrderBy(static t => t.FullName, StringComparer.Ordinal);

    public static string Alias(Type type) => type.GetCustomAttribute<AliasAttribute>(inherit: false)!.Alias;

    /// <summary>What the compiler generates for a serialized type: its properties with a setter and its fields.</summary>
    public static IEnumerable<MemberInfo> Members(Type type) => type
        .GetMembers(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
        .Where(static m => m switch
        {
            PropertyInfo property => property.SetMethod is not null,
            FieldInfo field => !field.Name.StartsWith('<'),
            _ => false,
        });

    private static bool IsManifestOfOther(ServiceDescriptor service, Assembly[] assemblies) =>
        service.ServiceType == typeof(IConfigureOptions<TypeManifestOptions>)
        && service.ImplementationType?.Assembly is { } assembly
        && assembly.GetName().Name!.StartsWith("Parley.", StringComparison.Ordinal)
        && !assemblies.Contains(assembly);
}
