using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.CompilerServices;
using Parley.Domain.Addresses;

namespace Parley.Domain.Tests.Serialization;

/// <summary>Makes a value of any contract type in which every member has a value of its own.</summary>
internal sealed class Specimen
{
    private static readonly MethodInfo ArrayOfMethod = typeof(Specimen).GetMethod(nameof(ArrayOf), BindingFlags.NonPublic | BindingFlags.Instance)!;
    private int _number;

    public object Make(Type type)
    {
        _number++;
        var actual = Nullable.GetUnderlyingType(type) ?? type;
        return actual switch
        {
            _ when actual == typeof(string) => $"text {_number}",
            _ when actual == typeof(bool) => true,
            _ when actual == typeof(int) => _number,
            _ when actual == typeof(long) => 1_000L + _number,
            _ when actual == typeof(double) => _number + 0.5,
            _ when actual == typeof(Guid) => new Guid(_number, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
            _ when actual == typeof(DateTimeOffset) => new DateTimeOffset(2026, 1, 1, 0, 0, _number % 60, TimeSpan.Zero),
            _ when actual == typeof(Address) => Address.Parse($"{5511900000000 + _number}"),
            _ when actual == typeof(AddressPair) => AddressPair.Of((Address)Make(typeof(Address)), (Address)Make(typeof(Address))),
            { IsEnum: true } => Enum.GetValues(actual).GetValue(Enum.GetValues(actual).Length - 1)!,
            { IsGenericType: true } when actual.GetGenericTypeDefinition() == typeof(ImmutableArray<>) =>
                ArrayOfMethod.MakeGenericMethod(actual.GetGenericArguments()).Invoke(this, null)!,
            { IsAbstract: true } => Make(Contracts.Concrete.First(t => t.IsSubclassOf(actual))),
            _ when actual.IsAssignableTo(typeof(Exception)) => Activator.CreateInstance(actual, $"text {_number}")!,
            _ => Fill(actual),
        };
    }

    private object Fill(Type type)
    {
        var instance = RuntimeHelpers.GetUninitializedObject(type);
        for (var level = type; level is not null && level != typeof(object); level = level.BaseType)
        {
            foreach (var property in level.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly))
            {
                if (property.SetMethod is not null && property.IsDefined(typeof(IdAttribute)))
                {
                    property.SetValue(instance, Make(property.PropertyType));
                }
            }
        }

        return instance;
    }

    private ImmutableArray<T> ArrayOf<T>() => [(T)Make(typeof(T)), (T)Make(typeof(T))];
}
