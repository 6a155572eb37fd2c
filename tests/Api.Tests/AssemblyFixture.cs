using Parley.Api.Tests;

[assembly: AssemblyFixture(typeof(SharedProcess))]
