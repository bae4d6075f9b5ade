import {
  All,
  Controller,
  Get,
  Injectable,
  Module,
  Param,
  Patch,
  Post,
  SetMetadata,
  Sse,
  UseGuards,
  Version,
  VERSION_NEUTRAL,
  type Type,
} from '@nestjs/common';
import { RouterModule } from '@nestjs/core';
import { ApiOperation } from '@nestjs/swagger';
import {
  anyOf,
  Credits,
  fromHeader,
  KeyFrom,
  KeyRatelimit,
  OptionalKey,
  Public,
  RequirePermissions,
  UnkeyGuard,
} from 'nestjs-unkey';
import { of } from 'rxjs';

/** A controller with one route, of a class that is always named the same. */
function namesake(path: string, ...decorators: (ClassDecorator | MethodDecorator)[]): Type {
  @Controller(path)
  class Namesake {
    @ApiOperation({ operationId: 'same' })
    @Get()
    read() {
      return [];
    }
  }
  for (const decorate of decorators) (decorate as ClassDecorator)(Namesake);
  return Namesake;
}

class Inherited {
  @Get('inherited')
  inherited() {
    return [];
  }
}

@Public()
@Controller('open')
class OpenController extends Inherited {
  @Public(false)
  @Get('closed')
  closed() {
    return [];
  }
}

@Controller('closed')
class ClosedController extends Inherited {
  @Public()
  @Get('open')
  open() {
    return [];
  }

  @OptionalKey()
  @Get('optional')
  optional() {
    return [];
  }

  @SetMetadata('isPublic', true)
  @Get('other-decorator')
  otherDecorator() {
    return [];
  }
}

@Controller('shapes')
class ShapesController {
  @Get(['one', 'two/:id'])
  list(@Param('id') id?: string) {
    return { id };
  }

  @Get('files/*')
  file() {
    return [];
  }

  @Get('excluded/:id')
  excluded() {
    return [];
  }

  @Get(['partly/:id', 'partly/open/:id'])
  partly() {
    return [];
  }

  @Patch(':id')
  change() {
    return [];
  }

  @Post()
  @Credits(2)
  @KeyRatelimit('writes')
  @RequirePermissions(anyOf('a', 'b'))
  create() {
    return [];
  }

  @Sse('events')
  events() {
    return of({ data: 1 });
  }

  @KeyFrom(fromHeader('x-partner'))
  @Get('partner')
  partner() {
    return [];
  }
}

@Controller({ path: 'versions', version: ['1', '2'] })
class VersionsController {
  @Get()
  both() {
    return [];
  }

  @Public()
  @Version(['2', VERSION_NEUTRAL])
  @Get('second')
  second() {
    return [];
  }
}

@Controller('metrics')
class MetricsController {
  @Get()
  read() {
    return [];
  }
}

@Controller(['aliases', 'nicknames'])
class AliasesController {
  @Get(':id')
  read() {
    return [];
  }
}

@Controller('nested')
class NestedController {
  @Get()
  closed() {
    return [];
  }

  @Public()
  @Get('open')
  open() {
    return [];
  }
}
@Module({ controllers: [NestedController] })
export class NestedModule {}

@Injectable()
export class SubclassGuard extends UnkeyGuard {}

/** Under no guard unless one is global. */
@Controller('guards')
class GuardsController {
  @UseGuards(UnkeyGuard)
  @Get('ours')
  ours() {
    return [];
  }

  @UseGuards(SubclassGuard)
  @Get('subclass')
  subclass() {
    return [];
  }

  @Get('none')
  none() {
    return [];
  }
}

/** `@All()` gives operations that no version of OpenAPI has. */
@Controller('all')
export class AllController {
  @All()
  all() {
    return [];
  }
}

/** Controllers that Swagger and the guard read in every way that there is. */
export const ZOO = {
  imports: [NestedModule, RouterModule.register([{ path: 'area', module: NestedModule }])],
  controllers: [
    OpenController,
    ClosedController,
    ShapesController,
    VersionsController,
    MetricsController,
    AliasesController,
    GuardsController,
    namesake('first'),
    namesake('second', Public()),
    namesake('third'),
  ],
};

/** The options that open a part of the zoo. */
export const ZOO_OPTIONS = {
  public: [MetricsController],
  publicMetadata: 'isPublic',
};
