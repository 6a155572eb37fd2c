using Microsoft.Extensions.DependencyInjection;
using Parley.Ports;
using Parley.Simulator.Histories;
using Parley.Simulator.Scheduling;
using Parley.Simulator.Stores;
using Parley.Storage.Contract;

namespace Parley.Simulator.Tests;

/// <summary>The simulator's model of the store passes the contract that every store must pass, so that histories mean something.</summary>
/// <remarks>Lists and tenants are not part of any history: the model has neither, so the suites that look through them are not here.</remarks>
public sealed class ModelFixture : IStoreFixture
{
    public Task<TestStore> Open(TimeProvider time)
    {
        var model = new ModelStore(new Recorder(new Trace(keepsLines: false)), time: time);
        var services = new ServiceCollection();
        services.AddSingleton<IConversationStore>(model);
        services.AddSingleton<IAddressBook>(model);
        services.AddSingleton<IParkingLot>(model);
        services.AddSingleton<IWorkList>(model);
        services.AddSingleton<ISessionStore>(model);
        services.AddSingleton<IDirectory>(model);
        services.AddSingleton<IQuarantine>(model);
        services.AddSingleton<IEventLog>(model);
        services.AddSingleton<IMediaStore>(model);
        services.AddSingleton<ISendQueue>(model);
        services.AddSingleton<IIdempotencyStore>(model);
        services.AddSingleton<IUploadStore>(model);
        var provider = services.BuildServiceProvider();
        return Task.FromResult(new TestStore(provider, provider.DisposeAsync));
    }
}

public sealed class Model_looks_up() : LookUpContract(new ModelFixture());

public sealed class Model_address_book() : AddressBookContract(new ModelFixture());

public sealed class Model_parking_lot() : ParkingLotContract(new ModelFixture());

public sealed class Model_work_list() : WorkListContract(new ModelFixture());

public sealed class Model_send_queue() : SendQueueContract(new ModelFixture());

public sealed class Model_idempotency_keys() : IdempotencyContract(new ModelFixture());

public sealed class Model_uploads() : UploadContract(new ModelFixture());

public sealed class Model_owners_of_instances() : OwnerContract(new ModelFixture());

public sealed class Model_identities() : IdentityContract(new ModelFixture());
