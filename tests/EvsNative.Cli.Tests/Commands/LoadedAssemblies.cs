namespace EvsNative.Cli.Tests.Commands;

/// <summary>What a process of the program had loaded when it ended: what a start costs, without a clock.</summary>
internal static class LoadedAssemblies
{
    private const string Hooks = "DOTNET_STARTUP_HOOKS", File = "EVSNATIVE_TEST_ASSEMBLIES";

    /// <summary>Runs the program and gives the names of the assemblies that it loaded, without those of this project.</summary>
    public static async Task<(Outcome Outcome, IReadOnlySet<string> Names)> Of(string folder, params string[] args)
    {
        string list = Path.Combine(folder, "assemblies.txt");
        var outcome = await Evs.RunProcess(folder, args, environment: new Dictionary<string, string>
        {
            [Hooks] = typeof(LoadedAssemblies).Assembly.Location,
            [File] = list,
        });
        string[] names = await System.IO.File.ReadAllLinesAsync(list, TestContext.Current.CancellationToken);
        return (outcome, names.ToHashSet());
    }

    /// <summary>What the program's process does, as told by <see cref="Of"/>.</summary>
    public static void TellAtExit()
    {
        if (Environment.GetEnvironmentVariable(File) is not { } list) return;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => System.IO.File.WriteAllLines(
            list, AppDomain.CurrentDomain.GetAssemblies().Select(assembly => assembly.GetName().Name!));
    }
}
