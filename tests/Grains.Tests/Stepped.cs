using System.Reflection;
using System.Runtime.ExceptionServices;

namespace Parley.Grains.Tests;

/// <summary>Stands before what a worker calls, and takes a step before each call. Public, as whoever makes it of an interface derives from it.</summary>
public class Stepped : DispatchProxy
{
    private static readonly MethodInfo AfterOf = typeof(Stepped).GetMethod(nameof(AfterThat), BindingFlags.NonPublic | BindingFlags.Static)!;

    private object _target = null!;
    private Func<Task> _step = null!;

    /// <summary>The grains that a factory gives are stood before too; to be given one is no step.</summary>
    private bool _isFactory;

    /// <param name="type">An interface.</param>
    /// <param name="target">What it is really.</param>
    /// <param name="step">Is awaited before each of its asynchronous calls.</param>
    internal static object Before(Type type, object target, Func<Task> step)
    {
        var proxy = Create(type, typeof(Stepped));
        var stepped = (Stepped)proxy;
        (stepped._target, stepped._step, stepped._isFactory) = (target, step, target is IGrainFactory);
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        var type = targetMethod!.ReturnType;
        if (_isFactory)
        {
            return Before(type, Call(targetMethod, args)!, _step);
        }

        return type == typeof(Task) ? After(_step, () => (Task)Call(targetMethod, args)!)
            : type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Task<>)
                ? AfterOf.MakeGenericMethod(type.GenericTypeArguments).Invoke(null, [_step, (Func<object>)(() => Call(targetMethod, args)!)])
                : Call(targetMethod, args);
    }

    private object? Call(MethodInfo method, object?[]? args)
    {
        try
        {
            return method.Invoke(_target, args);
        }
        catch (TargetInvocationException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerException!);
            throw;
        }
    }

    private static async Task After(Func<Task> step, Func<Task> call)
    {
        await step();
        await call();
    }

    private static async Task<T> AfterThat<T>(Func<Task> step, Func<object> call)
    {
        await step();
        return await (Task<T>)call();
    }
}
