namespace Parley.Grains.Abstractions;

/// <summary>Marks a grain whose key begins with a tenant's id: only calls in that tenant's name reach it.</summary>
[AttributeUsage(AttributeTargets.Interface)]
public sealed class TenantGrainAttribute : Attribute;

/// <summary>Marks a grain that serves the installation and is never called in a tenant's name.</summary>
[AttributeUsage(AttributeTargets.Interface)]
public sealed class SystemGrainAttribute : Attribute;
