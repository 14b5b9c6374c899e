%% A supervisor of OTP whose workers note when they start and stop, and do as they are told. Its argument is a term:
%% {Strategy, Restarts, Within, [{Name, Lifetime}], [Act]}, or simple.
-module(supervisor_of_a_test).
-mode(compile).
-export([main/1, init/1, start/1, worker/2]).

main([Argument]) ->
    {ok, Tokens, _} = erl_scan:string(Argument ++ "."),
    {ok, Term} = erl_parse:parse_term(Tokens),
    logger:set_primary_config(level, none),
    process_flag(trap_exit, true),
    register(log, spawn_link(fun() -> log([]) end)),
    run(Term).

run(simple) ->
    {ok, Supervisor} = supervisor:start_link(?MODULE, simple),
    {ok, First} = supervisor:start_child(Supervisor, [d1]),
    {ok, _} = supervisor:start_child(Supervisor, [d2]),
    tell(First, crash, Supervisor),
    io:format("log ~w~ncount ~w~n", [noted(), supervisor:count_children(Supervisor)]);
run({_, _, _, _, Acts} = Plan) ->
    {ok, Supervisor} = supervisor:start_link(?MODULE, Plan),
    noted(),
    %% Intensities are counted in whole seconds: what lies 1.1 s apart has to begin with one.
    [begin_of_a_second(erlang:monotonic_time(1)) || {sleep, _} <- Acts],
    [act(Act, Supervisor) || Act <- Acts],
    case is_process_alive(Supervisor) of
        true ->
            Children = [{Id, is_pid(Pid)} || {Id, Pid, _, _} <- supervisor:which_children(Supervisor)],
            io:format("log ~w~nchildren ~w~n", [noted(), Children]),
            Reference = monitor(process, Supervisor),
            exit(Supervisor, shutdown),
            receive {'DOWN', Reference, _, _, _} -> ok end,
            io:format("shutdown ~w~n", [noted()]);
        false ->
            io:format("log ~w~n", [noted()])
    end.

begin_of_a_second(Second) ->
    case erlang:monotonic_time(1) of
        Second -> timer:sleep(1), begin_of_a_second(Second);
        _ -> ok
    end.

act({sleep, Time}, _) -> timer:sleep(Time);
act({Name, What}, Supervisor) -> tell(whereis(Name), What, Supervisor).

%% Tells a worker something that ends it, and waits until the supervisor has dealt with that.
tell(Worker, What, Supervisor) ->
    Reference = monitor(process, Worker),
    Worker ! What,
    receive {'DOWN', Reference, _, _, _} -> ok end,
    settle(Supervisor, 20).

settle(_, 0) -> ok;
settle(Supervisor, Times) ->
    catch supervisor:which_children(Supervisor),
    erlang:yield(),
    settle(Supervisor, Times - 1).

init(simple) ->
    {ok, {{simple_one_for_one, 3, 5}, [child(worker, permanent, [])]}};
init({Strategy, Restarts, Within, Children, _}) ->
    {ok, {{Strategy, Restarts, Within}, [child(Name, Lifetime, [Name]) || {Name, Lifetime} <- Children]}}.

child(Id, Lifetime, Arguments) ->
    #{id => Id, start => {?MODULE, start, Arguments}, restart => Lifetime, shutdown => 5000}.

start(Name) -> proc_lib:start_link(?MODULE, worker, [Name, self()]).

worker(Name, Parent) ->
    process_flag(trap_exit, true),
    register(Name, self()),
    note({start, Name}),
    proc_lib:init_ack({ok, self()}),
    receive
        crash -> exit(crash);
        normal -> exit(normal);
        {'EXIT', Parent, Reason} -> note({stop, Name, Reason}), exit(Reason)
    end.

note(What) ->
    log ! {note, What, self()},
    receive noted -> ok end.

noted() ->
    log ! {take, self()},
    receive {log, Notes} -> Notes end.

log(Notes) ->
    receive
        {note, What, From} -> From ! noted, log([What | Notes]);
        {take, From} -> From ! {log, lists:reverse(Notes)}, log([])
    end.
