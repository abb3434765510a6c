// The runtime looks for this very name, outside all namespaces, in the assembly that DOTNET_STARTUP_HOOKS names.
#pragma warning disable CA1050
using EvsNative.Cli.Tests.Commands;

/// <summary>Runs in a process of the program before the program does.</summary>
internal static class StartupHook
{
    public static void Initialize() => LoadedAssemblies.TellAtExit();
}
